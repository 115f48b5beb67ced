package dev.fairway.node.network;

import dev.fairway.netlink.netns.NetworkNamespace;
import java.net.InetAddress;

/**
 * A Pod's place on the network.
 *
 * @param namespace its network namespace, with {@code lo} and {@code eth0} up
 * @param address the IP of {@code eth0}, from the node's podCIDR
 */
public record PodNetwork(NetworkNamespace namespace, InetAddress address) {}
