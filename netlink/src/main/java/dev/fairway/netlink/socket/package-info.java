/** Netlink sockets: requests with acknowledgements, dumps, batches and multicast, with the kernel's extended errors. */
package dev.fairway.netlink.socket;
