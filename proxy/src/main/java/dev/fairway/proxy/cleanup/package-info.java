/** Taking away what a node proxy, Fairway's or kube-proxy's, has left in the kernel. */
package dev.fairway.proxy.cleanup;
