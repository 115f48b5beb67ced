/**
 * Netlink messages as bytes: alignment, attributes, message headers. Nothing here touches the operating system, so
 * everything can be checked against literal bytes. Numbers are in the machine's byte order unless a method says
 * "be" (network byte order), as in {@code linux/netlink.h}.
 */
package dev.fairway.netlink.wire;
