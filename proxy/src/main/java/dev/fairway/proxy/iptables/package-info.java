/**
 * Mode iptables: the chains and rules of kube-proxy v1.36, computed by pure functions in the very text that {@code
 * iptables-save} prints, and the programmer that writes only what differs from the kernel.
 *
 * <p>Facts about chains and rules are those of kube-proxy's {@code pkg/proxy/iptables}.
 */
package dev.fairway.proxy.iptables;
