package dev.fairway.proxy.model;

import dev.fairway.kube.ObjectKey;
import dev.fairway.kube.Times;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/** Makes an {@link EndpointSlice} from the API's JSON. */
public final class EndpointSliceDecoder {
    private static final String LABEL_SERVICE = "kubernetes.io/service-name";
    private static final String TRIGGER_TIME = "endpoints.kubernetes.io/last-change-trigger-time";

    private final Fields fields;
    private final List<Rejection> setAside = new ArrayList<>();
    private final Map<Hints, Hints> hints = new HashMap<>();

    private EndpointSliceDecoder(Fields fields) {
        this.fields = fields;
    }

    /**
     * A bad endpoint or port is set aside alone.
     *
     * @throws RejectedException if the slice has no good name or Service, or is not made of arrays
     */
    public static EndpointSlice decode(JsonNode json) {
        return new EndpointSliceDecoder(new Fields("EndpointSlice", json)).slice(json);
    }

    private EndpointSlice slice(JsonNode json) {
        JsonNode metadata = json.path("metadata");
        JsonNode labels = metadata.path("labels");
        String namespace = fields.label(fields.key().namespace(), "metadata.namespace").intern();
        String name = fields.subdomain(fields.key().name(), "metadata.name");
        String serviceName = fields.string(labels, LABEL_SERVICE, "metadata.labels.", "");
        boolean proxied = !ServiceDecoder.isLeftToOthers(labels) && !isFqdn(json);
        if (serviceName.isEmpty()) {
            throw fields.refuse("metadata.labels[" + LABEL_SERVICE + "]", "must be set");
        }
        fields.label(serviceName, "metadata.labels[" + LABEL_SERVICE + "]");
        return new EndpointSlice(
                new ObjectKey(namespace, name),
                new ObjectKey(namespace, serviceName),
                proxied,
                proxied ? ports(json) : List.of(),
                proxied ? endpoints(json) : List.of(),
                List.copyOf(setAside),
                triggerMillis(metadata.path("annotations")));
    }

    private boolean isFqdn(JsonNode json) {
        return fields.string(json, "addressType", "", "").equals("FQDN");
    }

    private List<EndpointPort> ports(JsonNode json) {
        List<JsonNode> nodes = fields.array(json, "ports", "");
        List<EndpointPort> ports = new ArrayList<>(nodes.size());
        for (int i = 0; i < nodes.size(); i++) {
            try {
                port(nodes.get(i), "ports[" + i + "].", ports);
            } catch (RejectedException bad) {
                setAside.add(bad.rejection());
            }
        }
        return List.copyOf(ports);
    }

    /** A port without a number means any port, which no rule can serve: it is left out without complaint. */
    private void port(JsonNode node, String path, List<EndpointPort> into) {
        String name = fields.string(node, "name", path, "");
        if (!name.isEmpty()) {
            fields.label(name, path + "name");
        }
        OptionalInt number = fields.integer(node, "port", path, 0, 65_535);
        if (number.orElse(0) != 0) {
            into.add(new EndpointPort(name.intern(), fields.protocol(node, path), number.getAsInt()));
        }
    }

    private List<Endpoint> endpoints(JsonNode json) {
        List<JsonNode> nodes = fields.array(json, "endpoints", "");
        List<Endpoint> endpoints = new ArrayList<>(nodes.size());
        for (int i = 0; i < nodes.size(); i++) {
            try {
                endpoints.add(endpoint(nodes.get(i), "endpoints[" + i + "]."));
            } catch (RejectedException bad) {
                setAside.add(bad.rejection());
            }
        }
        return List.copyOf(endpoints);
    }

    private Endpoint endpoint(JsonNode node, String path) {
        JsonNode conditions = node.path("conditions");
        String in = path + "conditions.";
        return new Endpoint(
                address(node, path),
                fields.string(node, "nodeName", path, "").intern(),
                hints(node, path),
                fields.bool(conditions, "ready", in, true),
                fields.bool(conditions, "serving", in, true),
                fields.bool(conditions, "terminating", in, false));
    }

    /** All addresses of an endpoint are one machine; the first is used, as upstream does. */
    private IpAddress address(JsonNode node, String path) {
        List<JsonNode> addresses = fields.array(node, "addresses", path);
        String at = path + "addresses[0]";
        if (addresses.isEmpty()) {
            throw fields.refuse(path + "addresses", "must have an address");
        }
        IpAddress address = fields.address(fields.text(addresses.getFirst(), at), at);
        String type = fields.string(fields.root(), "addressType", "", address.family().toString());
        if (!type.equals(address.family().toString())) {
            throw fields.refuse(at, "is " + address + ", but addressType is " + Fields.quoted(type));
        }
        // The API refuses these too: they would send a client's packets to this node itself.
        if (address.isUnspecified() || address.isLoopback() || address.isLinkLocal() || address.isMulticast()) {
            throw fields.refuse(at, "may not be " + address);
        }
        return address;
    }

    private Hints hints(JsonNode node, String path) {
        JsonNode json = node.path("hints");
        if (json.isMissingNode() || json.isNull()) {
            return Hints.NONE;
        }
        Hints read = new Hints(names(json, "forZones", path + "hints."), names(json, "forNodes", path + "hints."));
        return read.equals(Hints.NONE) ? Hints.NONE : hints.computeIfAbsent(read, same -> same);
    }

    private List<String> names(JsonNode hints, String field, String path) {
        List<JsonNode> nodes = fields.array(hints, field, path);
        List<String> names = new ArrayList<>(nodes.size());
        for (int i = 0; i < nodes.size(); i++) {
            names.add(fields.string(nodes.get(i), "name", path + field + "[" + i + "].", "").intern());
        }
        return List.copyOf(names);
    }

    private long triggerMillis(JsonNode annotations) {
        return Times.parse(annotations.path(TRIGGER_TIME).asString("")).map(Instant::toEpochMilli).orElse(0L);
    }
}
