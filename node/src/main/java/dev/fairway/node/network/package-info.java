/**
 * The network of a cluster on one machine: each node, each Pod and a client outside the cluster in a network
 * namespace of its own, joined by bridges, with no uplink anywhere.
 */
package dev.fairway.node.network;
