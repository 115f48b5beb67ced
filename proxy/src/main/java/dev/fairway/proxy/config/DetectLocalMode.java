package dev.fairway.proxy.config;

import java.util.Arrays;
import java.util.Optional;

/** How traffic of the node's own Pods is told from other traffic. */
public enum DetectLocalMode {
    CLUSTER_CIDR("ClusterCIDR"),
    NODE_CIDR("NodeCIDR"),
    BRIDGE_INTERFACE("BridgeInterface"),
    INTERFACE_NAME_PREFIX("InterfaceNamePrefix");

    private final String text;

    DetectLocalMode(String text) {
        this.text = text;
    }

    static Optional<DetectLocalMode> of(String text) {
        return Arrays.stream(values()).filter(mode -> mode.text.equals(text)).findFirst();
    }

    /** As the configuration writes it. */
    @Override
    public String toString() {
        return text;
    }
}
