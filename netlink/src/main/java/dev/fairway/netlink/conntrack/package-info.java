/** The connection tracking table: listing, filtering and deleting flows, as the conntrack tool does. */
package dev.fairway.netlink.conntrack;
