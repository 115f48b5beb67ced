/** What the netfilter subsystems share: the message type, the family header. */
package dev.fairway.netlink.nfnetlink;
