/**
 * The only place that names a native function: libc calls over the FFM API, their errno, and descriptors. Linux only.
 */
package dev.fairway.netlink.sys;
