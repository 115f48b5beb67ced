package dev.fairway.proxy.model;

import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Makes a {@link Node} from the API's JSON. An address or a Pod block that is none is passed over, as kube-proxy does: there
 * is no rule without the Node, and what else it says still holds.
 */
public final class NodeDecoder {
    private static final String LABEL_ZONE = "topology.kubernetes.io/zone";

    private NodeDecoder() {}

    /** @throws RejectedException if it has no good name */
    public static Node decode(JsonNode json) {
        Fields fields = new Fields("Node", json);
        return new Node(
                fields.subdomain(fields.key().name(), "metadata.name"),
                json.path("metadata").path("labels").path(LABEL_ZONE).asString("").intern(),
                Stream.of("InternalIP", "ExternalIP").flatMap(type -> addresses(json.path("status"), type)).toList(),
                podCidrs(json.path("spec")));
    }

    private static Stream<IpAddress> addresses(JsonNode status, String type) {
        return status.path("addresses").valueStream()
                .filter(address -> address.path("type").asString("").equals(type))
                .flatMap(address -> IpAddress.parse(address.path("address").asString("")).stream());
    }

    private static List<IpCidr> podCidrs(JsonNode spec) {
        List<IpCidr> cidrs = spec.path("podCIDRs").valueStream()
                .flatMap(cidr -> IpCidr.parse(cidr.asString("")).stream())
                .toList();
        return cidrs.isEmpty() ? IpCidr.parse(spec.path("podCIDR").asString("")).stream().toList() : cidrs;
    }
}
