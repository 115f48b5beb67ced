package dev.fairway.proxy.config;

import dev.fairway.kube.GoDuration;
import dev.fairway.kube.Json;
import dev.fairway.proxy.model.IpAddress;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.FloatNode;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** Reads flags' values as Go's flag package does. Errors name the flag. */
final class FlagValues {
    private static final List<String> TRUE = List.of("1", "t", "T", "true", "TRUE", "True");
    private static final List<String> FALSE = List.of("0", "f", "F", "false", "FALSE", "False");

    private FlagValues() {}

    /** Sets the fields that belong to a flag. */
    static void set(ObjectNode tree, ProxyFlag flag, String text) throws ConfigException {
        for (String pointer : flag.pointers()) {
            int slash = pointer.lastIndexOf('/');
            ObjectNode parent = slash == 0 ? tree : tree.withObject(pointer.substring(0, slash));
            parent.set(pointer.substring(slash + 1), value(flag, text));
        }
    }

    private static JsonNode value(ProxyFlag flag, String text) throws ConfigException {
        return switch (flag.kind()) {
            case BOOL -> BooleanNode.valueOf(bool(flag, text));
            case INT -> IntNode.valueOf(integer(flag, text));
            case FLOAT -> FloatNode.valueOf(number(flag, text));
            case STRING -> StringNode.valueOf(text);
            case DURATION -> StringNode.valueOf(duration(flag, text));
            case STRINGS -> strings(text);
            case GATES -> gates(flag, text);
            case PATTERNS -> patterns(flag, text);
            case IP -> StringNode.valueOf(address(flag, text));
            case IP_PORT -> StringNode.valueOf(addressAndPort(flag, text));
        };
    }

    static boolean bool(ProxyFlag flag, String text) throws ConfigException {
        if (TRUE.contains(text)) {
            return true;
        }
        check(FALSE.contains(text), flag, "must be true or false", text);
        return false;
    }

    static int integer(ProxyFlag flag, String text) throws ConfigException {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw problem(flag, "must be an integer", text);
        }
    }

    private static float number(ProxyFlag flag, String text) throws ConfigException {
        try {
            return Float.parseFloat(text);
        } catch (NumberFormatException e) {
            throw problem(flag, "must be a number", text);
        }
    }

    private static String duration(ProxyFlag flag, String text) throws ConfigException {
        check(GoDuration.parse(text).isPresent(), flag, "must be a duration such as 30s or 1h30m", text);
        return text;
    }

    private static ArrayNode strings(String text) {
        ArrayNode array = Json.mapper().createArrayNode();
        Arrays.stream(text.split(",")).filter(part -> !part.isEmpty()).forEach(array::add);
        return array;
    }

    private static ObjectNode gates(ProxyFlag flag, String text) throws ConfigException {
        ObjectNode gates = Json.object();
        for (Map.Entry<String, String> pair : pairs(flag, text).entrySet()) {
            gates.put(pair.getKey(), bool(flag, pair.getValue()));
        }
        return gates;
    }

    private static ArrayNode patterns(ProxyFlag flag, String text) throws ConfigException {
        ArrayNode array = Json.mapper().createArrayNode();
        for (Map.Entry<String, String> pair : pairs(flag, text).entrySet()) {
            array.addObject().put("filePattern", pair.getKey()).put("verbosity", integer(flag, pair.getValue()));
        }
        return array;
    }

    private static Map<String, String> pairs(ProxyFlag flag, String text) throws ConfigException {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String part : text.split(",")) {
            if (!part.isBlank()) {
                int equals = part.indexOf('=');
                check(equals > 0, flag, "must be name=value pairs with commas between", text);
                pairs.put(part.substring(0, equals).strip(), part.substring(equals + 1).strip());
            }
        }
        return pairs;
    }

    private static String address(ProxyFlag flag, String text) throws ConfigException {
        check(text.isEmpty() || IpAddress.parse(text).isPresent(), flag, "must be an IP address", text);
        return text.isEmpty() ? "0.0.0.0" : text;
    }

    private static String addressAndPort(ProxyFlag flag, String text) throws ConfigException {
        check(text.isEmpty() || IpAddress.parse(text).isPresent() || HostPort.parse(text).isPresent(),
                flag, "must be an IP address, or one with a port, or empty", text);
        return text;
    }

    private static void check(boolean good, ProxyFlag flag, String expected, String text) throws ConfigException {
        if (!good) {
            throw problem(flag, expected, text);
        }
    }

    private static ConfigException problem(ProxyFlag flag, String expected, String text) {
        return new ConfigException(flag.option() + ": " + expected + ", is '" + text + "'");
    }
}
