package dev.fairway.proxy.model;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Makes a {@link Node} from the API's JSON. */
public final class NodeDecoder {
    private static final String LABEL_ZONE = "topology.kubernetes.io/zone";

    private NodeDecoder() {}

    /** @throws RejectedException if an address or a Pod block is none */
    public static Node decode(JsonNode json) {
        Fields fields = new Fields("Node", json);
        return new Node(
                fields.subdomain(fields.key().name(), "metadata.name"),
                fields.string(json.path("metadata").path("labels"), LABEL_ZONE, "metadata.labels.", "").intern(),
                Stream.concat(addresses(fields, "InternalIP").stream(), addresses(fields, "ExternalIP").stream()).toList(),
                podCidrs(fields, json.path("spec")));
    }

    private static List<IpAddress> addresses(Fields fields, String type) {
        List<JsonNode> nodes = fields.array(fields.root().path("status"), "addresses", "status.");
        List<IpAddress> addresses = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            String path = "status.addresses[" + i + "].";
            if (fields.string(nodes.get(i), "type", path, "").equals(type)) {
                addresses.add(fields.address(fields.string(nodes.get(i), "address", path, ""), path + "address"));
            }
        }
        return addresses;
    }

    private static List<IpCidr> podCidrs(Fields fields, JsonNode spec) {
        List<JsonNode> nodes = fields.array(spec, "podCIDRs", "spec.");
        List<IpCidr> cidrs = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            String path = "spec.podCIDRs[" + i + "]";
            cidrs.add(fields.cidr(fields.text(nodes.get(i), path), path));
        }
        String single = fields.string(spec, "podCIDR", "spec.", "");
        if (cidrs.isEmpty() && !single.isEmpty()) {
            cidrs.add(fields.cidr(single, "spec.podCIDR"));
        }
        return List.copyOf(cidrs);
    }
}
