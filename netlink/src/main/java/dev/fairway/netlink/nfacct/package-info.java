/** Accounting objects ({@code nfacct}): named packet and byte counters that rules count into. */
package dev.fairway.netlink.nfacct;
