/** The node proxy: change tracking, desired state, and the iptables and nftables dataplanes. */
package dev.fairway.proxy;
