/**
 * What runs containers: one interface, and the runtimes that need nothing installed. A containerd runtime, which
 * runs any image, has its place behind the same interface.
 */
package dev.fairway.node.runtime;
