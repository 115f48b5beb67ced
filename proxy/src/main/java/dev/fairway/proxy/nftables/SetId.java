package dev.fairway.proxy.nftables;

import dev.fairway.netlink.nftables.NftSet;
import dev.fairway.netlink.nftables.SetField;
import dev.fairway.netlink.nftables.DataType;
import dev.fairway.netlink.nftables.Table;
import dev.fairway.proxy.model.IpFamily;
import java.util.List;

/** The sets and maps that are always there. Their names differ from those of kube-proxy, whose table may be taken over. */
enum SetId {
    SERVICES("services", Shape.ADDRESS_PORT, NftSet.Kind.VERDICT_MAP,
            "addresses of Services, and how their endpoint is chosen"),
    SERVICE_ENDPOINTS("service-endpoints", Shape.ADDRESS_PORT_SLOT, NftSet.Kind.MAP, "numbered endpoints of Service addresses"),
    SERVICES_FROM_NODE("services-from-node", Shape.ADDRESS_PORT, NftSet.Kind.VERDICT_MAP,
            "external addresses with policy Local, for clients on this node"),
    SERVICE_ENDPOINTS_FROM_NODE("service-endpoints-from-node", Shape.ADDRESS_PORT_SLOT, NftSet.Kind.MAP,
            "numbered endpoints for clients on this node"),
    NODE_PORTS("nodeports", Shape.PORT, NftSet.Kind.VERDICT_MAP, "node ports, and how their endpoint is chosen"),
    NODE_PORT_ENDPOINTS("nodeport-endpoints", Shape.PORT_SLOT, NftSet.Kind.MAP, "numbered endpoints of node ports"),
    NODE_PORTS_FROM_NODE("nodeports-from-node", Shape.PORT, NftSet.Kind.VERDICT_MAP,
            "node ports with policy Local, for clients on this node"),
    NODE_PORT_ENDPOINTS_FROM_NODE("nodeport-endpoints-from-node", Shape.PORT_SLOT, NftSet.Kind.MAP,
            "numbered endpoints for clients on this node"),
    UNSERVED_SERVICES("services-without-endpoints", Shape.ADDRESS_PORT, NftSet.Kind.SET, "rejected"),
    NOT_LOCAL_SERVICES("services-without-local-endpoints", Shape.ADDRESS_PORT, NftSet.Kind.SET, "dropped"),
    UNSERVED_NODE_PORTS("nodeports-without-endpoints", Shape.PORT, NftSet.Kind.SET, "rejected"),
    NOT_LOCAL_NODE_PORTS("nodeports-without-local-endpoints", Shape.PORT, NftSet.Kind.SET, "dropped"),
    CLUSTER_ADDRESSES("cluster-addresses", Shape.ADDRESS, NftSet.Kind.SET, "cluster IPs, whose other ports are rejected"),
    NODE_ADDRESSES("node-addresses", Shape.ADDRESS, NftSet.Kind.SET, "where node ports listen"),
    GUARDED_SERVICES("guarded-services", Shape.ADDRESS_PORT, NftSet.Kind.SET, "load balancers with source ranges"),
    ALLOWED_SOURCES("allowed-sources", Shape.ADDRESS_PORT_SOURCES, NftSet.Kind.SET, "source ranges of load balancers"),
    HAIRPINS("hairpins", Shape.ADDRESS_PAIR, NftSet.Kind.SET, "endpoints that reach themselves through a Service");

    /** What keys are made of. */
    enum Shape { ADDRESS, ADDRESS_PAIR, ADDRESS_PORT, ADDRESS_PORT_SLOT, ADDRESS_PORT_SOURCES, PORT, PORT_SLOT }

    private final String setName;
    private final Shape shape;
    private final NftSet.Kind kind;
    private final String comment;

    SetId(String setName, Shape shape, NftSet.Kind kind, String comment) {
        this.setName = setName;
        this.shape = shape;
        this.kind = kind;
        this.comment = comment;
    }

    /** As nft lists it. */
    String setName() {
        return setName;
    }

    Shape shape() {
        return shape;
    }

    NftSet define(Table table, IpFamily family) {
        return switch (kind) {
            case SET -> shape == Shape.ADDRESS_PORT_SOURCES
                    ? NftSet.set(table, setName, key(family)).flags(NftSet.Flag.INTERVAL).comment(comment)
                    : NftSet.set(table, setName, key(family)).comment(comment);
            case MAP -> NftSet.map(table, setName, List.of(key(family)),
                    List.of(destination(family), SetField.thDport())).comment(comment);
            case VERDICT_MAP -> NftSet.verdictMap(table, setName, key(family)).comment(comment);
        };
    }

    private SetField[] key(IpFamily family) {
        var address = SetField.of(family == IpFamily.IPV4 ? DataType.IPV4_ADDR : DataType.IPV6_ADDR);
        var protocol = SetField.of(DataType.INET_PROTO);
        var port = SetField.of(DataType.INET_SERVICE);
        return switch (shape) {
            case ADDRESS -> new SetField[] {address};
            case ADDRESS_PAIR -> new SetField[] {address, address};
            case ADDRESS_PORT -> new SetField[] {address, protocol, port};
            case ADDRESS_PORT_SOURCES -> new SetField[] {address, protocol, port, address};
            case PORT -> new SetField[] {protocol, port};
            // nft has no name for the type of a drawn number, so that all fields are given as what they are compared with.
            case ADDRESS_PORT_SLOT -> new SetField[] {destination(family), SetField.l4proto(), SetField.thDport(),
                SetField.randomNumber()};
            case PORT_SLOT -> new SetField[] {SetField.l4proto(), SetField.thDport(), SetField.randomNumber()};
        };
    }

    private static SetField destination(IpFamily family) {
        return switch (family) {
            case IPV4 -> SetField.ipDaddr();
            case IPV6 -> SetField.ip6Daddr();
        };
    }
}
