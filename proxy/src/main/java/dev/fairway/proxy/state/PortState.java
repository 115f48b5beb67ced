package dev.fairway.proxy.state;

/** What a dataplane has to do for one Service port. */
public record PortState(PortConfig config, Backends backends) {
    public ServicePortName name() {
        return config.name();
    }

    /** Whether traffic to the cluster IP has an endpoint to go to from this node. */
    public boolean hasInternalEndpoints() {
        return backends.usable() && !(config.internalPolicyLocal() && backends.local().isEmpty());
    }

    /** Whether traffic to node ports, external IPs and load balancers from outside has an endpoint to go to. */
    public boolean hasExternalEndpoints() {
        return backends.usable() && !(config.externalPolicyLocal() && backends.local().isEmpty());
    }
}
