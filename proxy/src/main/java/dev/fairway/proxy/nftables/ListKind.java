package dev.fairway.proxy.nftables;

/** The maps of numbered endpoints, each with the verdict map that sends packets to it. */
enum ListKind {
    SERVICE(SetId.SERVICES, SetId.SERVICE_ENDPOINTS),
    SERVICE_FROM_NODE(SetId.SERVICES_FROM_NODE, SetId.SERVICE_ENDPOINTS_FROM_NODE),
    NODE_PORT(SetId.NODE_PORTS, SetId.NODE_PORT_ENDPOINTS),
    NODE_PORT_FROM_NODE(SetId.NODE_PORTS_FROM_NODE, SetId.NODE_PORT_ENDPOINTS_FROM_NODE);

    private final SetId fronts;
    private final SetId endpoints;

    ListKind(SetId fronts, SetId endpoints) {
        this.fronts = fronts;
        this.endpoints = endpoints;
    }

    SetId fronts() {
        return fronts;
    }

    SetId endpoints() {
        return endpoints;
    }

    /** Whether keys begin with an address. */
    boolean isAddressed() {
        return this == SERVICE || this == SERVICE_FROM_NODE;
    }
}
