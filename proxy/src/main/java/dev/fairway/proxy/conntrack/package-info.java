/** Connection tracking: stale UDP flows, and the kernel's limits and timeouts. */
package dev.fairway.proxy.conntrack;
