/**
 * The desired state of one address family: which ports exist, and which endpoints each kind of traffic may reach from this
 * node. Values only; nothing here knows iptables or nftables, and both modes are fed from it.
 */
package dev.fairway.proxy.state;
