/** What a Pod network needs of rtnetlink: links, veth pairs, bridges, addresses, routes. */
package dev.fairway.netlink.rtnetlink;
