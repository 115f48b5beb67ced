/** Network namespaces, named as {@code ip netns} names them, and running code inside them. */
package dev.fairway.netlink.netns;
