package dev.fairway.apiserver.kinds;

import dev.fairway.apiserver.registry.Strategy;
import dev.fairway.apiserver.registry.StrategyContext;
import dev.fairway.schema.FieldError;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Endpoints and EndpointSlices: addresses that packets can be sent to, ports that exist. */
public final class EndpointStrategy {
    private static final List<String> PROTOCOLS = List.of("SCTP", "TCP", "UDP");
    private static final int MAX_ENDPOINTS = 1000;
    private static final int MAX_ADDRESSES = 100;
    private static final int MAX_PORTS = 20_000;

    private EndpointStrategy() {}

    /** The rules of EndpointSlices. */
    public static final class Slices implements Strategy {
        @Override
        public void prepareForCreate(StrategyContext context, ObjectNode object) {
            defaults(object);
        }

        @Override
        public void prepareForUpdate(StrategyContext context, ObjectNode object, ObjectNode old) {
            defaults(object);
        }

        private static void defaults(ObjectNode object) {
            for (JsonNode port : object.path("ports")) {
                if (port instanceof ObjectNode each) {
                    if (!each.hasNonNull("protocol")) {
                        each.put("protocol", "TCP");
                    }
                    if (!each.hasNonNull("name")) {
                        each.put("name", "");
                    }
                }
            }
        }

        @Override
        public List<FieldError> validateCreate(StrategyContext context, ObjectNode object) {
            Check check = new Check();
            String type = object.path("addressType").asString("");
            check.oneOf("addressType", type, List.of("FQDN", "IPv4", "IPv6"));
            JsonNode endpoints = object.path("endpoints");
            if (endpoints.size() > MAX_ENDPOINTS) {
                check.add(new FieldError(FieldError.Type.TOO_MANY, "endpoints", endpoints.size(), "must have at most " + MAX_ENDPOINTS + " items"));
            }
            for (int i = 0; i < endpoints.size(); i++) {
                addresses(check, "endpoints[" + i + "].addresses", endpoints.get(i).path("addresses"), type);
            }
            ports(check, object.path("ports"));
            return check.errors();
        }

        @Override
        public List<FieldError> validateUpdate(StrategyContext context, ObjectNode object, ObjectNode old) {
            Check check = new Check();
            check.addAll(validateCreate(context, object));
            if (!object.path("addressType").equals(old.path("addressType"))) {
                check.invalid("addressType", object.path("addressType").asString(""), "field is immutable");
            }
            return check.errors();
        }

        private static void addresses(Check check, String path, JsonNode addresses, String type) {
            if (addresses.isEmpty()) {
                check.required(path, "must contain at least 1 address");
            } else if (addresses.size() > MAX_ADDRESSES) {
                check.add(new FieldError(FieldError.Type.TOO_MANY, path, addresses.size(), "must have at most " + MAX_ADDRESSES + " items"));
            }
            for (int i = 0; i < addresses.size(); i++) {
                String at = path + "[" + i + "]";
                String address = addresses.get(i).asString("");
                if (type.equals("FQDN")) {
                    check.dnsSubdomain(at, address);
                    continue;
                }
                check.nonSpecialIp(at, address);
                Optional<InetAddress> parsed = Check.parseIp(address);
                if (parsed.isPresent() && !Check.family(parsed.get()).equals(type)) {
                    check.invalid(at, address, "must be an " + type + " address");
                }
            }
        }

        private static void ports(Check check, JsonNode ports) {
            if (ports.size() > MAX_PORTS) {
                check.add(new FieldError(FieldError.Type.TOO_MANY, "ports", ports.size(), "must have at most " + MAX_PORTS + " items"));
            }
            Set<String> names = new HashSet<>();
            for (int i = 0; i < ports.size(); i++) {
                String path = "ports[" + i + "]";
                String name = ports.get(i).path("name").asString("");
                if (!name.isEmpty()) {
                    check.dnsLabel(path + ".name", name);
                }
                if (!names.add(name)) {
                    check.add(FieldError.duplicate(path + ".name", name));
                }
                check.oneOf(path + ".protocol", ports.get(i).path("protocol").asString("TCP"), PROTOCOLS);
                if (ports.get(i).hasNonNull("port")) {
                    check.port(path + ".port", ports.get(i).path("port").asInt(0));
                }
            }
        }
    }

    /** The rules of Endpoints. */
    public static final class Whole implements Strategy {
        @Override
        public Optional<String> deprecation(String version) {
            return Optional.of("v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice");
        }

        @Override
        public void prepareForCreate(StrategyContext context, ObjectNode object) {
            for (JsonNode subset : object.path("subsets")) {
                for (JsonNode port : subset.path("ports")) {
                    if (port instanceof ObjectNode each && !each.hasNonNull("protocol")) {
                        each.put("protocol", "TCP");
                    }
                }
            }
        }

        @Override
        public void prepareForUpdate(StrategyContext context, ObjectNode object, ObjectNode old) {
            prepareForCreate(context, object);
        }

        @Override
        public List<FieldError> validateCreate(StrategyContext context, ObjectNode object) {
            Check check = new Check();
            JsonNode subsets = object.path("subsets");
            for (int i = 0; i < subsets.size(); i++) {
                subset(check, "subsets[" + i + "]", subsets.get(i));
            }
            return check.errors();
        }

        @Override
        public List<FieldError> validateUpdate(StrategyContext context, ObjectNode object, ObjectNode old) {
            return validateCreate(context, object);
        }

        private static void subset(Check check, String path, JsonNode subset) {
            if (subset.path("addresses").isEmpty() && subset.path("notReadyAddresses").isEmpty()) {
                check.required(path, "must specify `addresses` or `notReadyAddresses`");
            }
            for (String field : List.of("addresses", "notReadyAddresses")) {
                for (int i = 0; i < subset.path(field).size(); i++) {
                    check.nonSpecialIp(path + "." + field + "[" + i + "].ip", subset.path(field).get(i).path("ip").asString(""));
                }
            }
            JsonNode ports = subset.path("ports");
            for (int i = 0; i < ports.size(); i++) {
                String at = path + ".ports[" + i + "]";
                String name = ports.get(i).path("name").asString("");
                if (name.isEmpty() && ports.size() > 1) {
                    check.required(at + ".name");
                } else if (!name.isEmpty()) {
                    check.dnsLabel(at + ".name", name);
                }
                check.port(at + ".port", ports.get(i).path("port").asInt(0));
                check.oneOf(at + ".protocol", ports.get(i).path("protocol").asString("TCP"), PROTOCOLS);
            }
        }
    }
}
