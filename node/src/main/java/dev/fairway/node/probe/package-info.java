/** Probes: what to ask a container, how often, and what the answers mean. */
package dev.fairway.node.probe;
