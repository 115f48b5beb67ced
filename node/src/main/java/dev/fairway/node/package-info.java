/** The node agent: Pods, their network, probes, and the runtimes that run them. */
package dev.fairway.node;
