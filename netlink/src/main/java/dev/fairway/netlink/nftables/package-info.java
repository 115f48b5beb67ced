/**
 * nf_tables over netlink: tables, chains, rules, sets and maps, written in atomic batches, listed, and watched. What is
 * written here prints in {@code nft list ruleset} as if nft had written it, comments and types included.
 */
package dev.fairway.netlink.nftables;
