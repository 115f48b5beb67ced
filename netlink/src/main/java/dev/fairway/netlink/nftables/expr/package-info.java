/**
 * The expressions that rules are made of, one record per kernel expression ({@code nft_*.c}), field for field as in
 * {@code linux/netfilter/nf_tables.h}.
 */
package dev.fairway.netlink.nftables.expr;
