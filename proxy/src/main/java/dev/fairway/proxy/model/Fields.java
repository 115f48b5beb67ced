package dev.fairway.proxy.model;

import dev.fairway.kube.ObjectKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/** Reads one object's fields; what is bad is refused with the field's path. */
final class Fields {
    private static final int LONGEST_QUOTE = 64;

    private final String kind;
    private final JsonNode root;
    private final ObjectKey key;

    Fields(String kind, JsonNode root) {
        this.kind = kind;
        this.root = root;
        this.key = new ObjectKey(
                root.path("metadata").path("namespace").asString(""), root.path("metadata").path("name").asString(""));
    }

    ObjectKey key() {
        return key;
    }

    JsonNode root() {
        return root;
    }

    Rejection rejection(String field, String reason) {
        return new Rejection(kind, key, root.path("metadata").path("uid").asString(""), field, reason);
    }

    RejectedException refuse(String field, String reason) {
        return new RejectedException(rejection(field, reason));
    }

    /** A string, {@code absent} where there is none or null. */
    String string(JsonNode parent, String name, String path, String absent) {
        JsonNode node = parent.path(name);
        if (node.isMissingNode() || node.isNull()) {
            return absent;
        }
        if (!node.isString()) {
            throw refuse(path + name, "must be a string");
        }
        return node.stringValue();
    }

    boolean bool(JsonNode parent, String name, String path, boolean absent) {
        JsonNode node = parent.path(name);
        if (node.isMissingNode() || node.isNull()) {
            return absent;
        }
        if (!node.isBoolean()) {
            throw refuse(path + name, "must be a boolean");
        }
        return node.booleanValue();
    }

    OptionalInt integer(JsonNode parent, String name, String path, int least, int most) {
        JsonNode node = parent.path(name);
        if (node.isMissingNode() || node.isNull()) {
            return OptionalInt.empty();
        }
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < least || node.intValue() > most) {
            throw refuse(path + name, "must be a whole number from " + least + " to " + most);
        }
        return OptionalInt.of(node.intValue());
    }

    Protocol protocol(JsonNode parent, String path) {
        String text = string(parent, "protocol", path, Protocol.TCP.name());
        return switch (text) {
            case "TCP" -> Protocol.TCP;
            case "UDP" -> Protocol.UDP;
            case "SCTP" -> Protocol.SCTP;
            default -> throw refuse(path + "protocol", "must be TCP, UDP or SCTP, not " + quoted(text));
        };
    }

    /** The elements of an array, none where it is absent or null. */
    List<JsonNode> array(JsonNode parent, String name, String path) {
        JsonNode node = parent.path(name);
        if (node.isMissingNode() || node.isNull()) {
            return List.of();
        }
        if (!node.isArray()) {
            throw refuse(path + name, "must be an array");
        }
        return List.copyOf(node.values());
    }

    /** An array of literal addresses. */
    List<IpAddress> addresses(JsonNode parent, String name, String path) {
        List<JsonNode> nodes = array(parent, name, path);
        List<IpAddress> addresses = new ArrayList<>(nodes.size());
        for (int i = 0; i < nodes.size(); i++) {
            addresses.add(address(text(nodes.get(i), path + name + "[" + i + "]"), path + name + "[" + i + "]"));
        }
        return List.copyOf(addresses);
    }

    String text(JsonNode node, String path) {
        if (!node.isString()) {
            throw refuse(path, "must be a string");
        }
        return node.stringValue();
    }

    IpAddress address(String text, String path) {
        return IpAddress.parse(text).orElseThrow(() -> refuse(path, "not an IP address: " + quoted(text)));
    }

    IpCidr cidr(String text, String path) {
        return IpCidr.parse(text).orElseThrow(() -> refuse(path, "not a CIDR block: " + quoted(text)));
    }

    /** Checks a DNS label of RFC 1123: lower case letters, digits and inner hyphens, 63 at most. */
    String label(String text, String path) {
        if (!isLabel(text)) {
            throw refuse(path, "must be a DNS label of at most 63 characters, not " + quoted(text));
        }
        return text;
    }

    /** Checks a DNS subdomain of RFC 1123: labels joined by dots, 253 characters at most. */
    String subdomain(String text, String path) {
        if (text.length() > 253 || !Arrays.stream(text.split("\\.", -1)).allMatch(part -> isLabelOf(part, 253))) {
            throw refuse(path, "must be a DNS subdomain of at most 253 characters, not " + quoted(text));
        }
        return text;
    }

    private static boolean isLabel(String text) {
        return isLabelOf(text, 63);
    }

    private static boolean isLabelOf(String text, int longest) {
        int length = text.length();
        if (length == 0 || length > longest || text.charAt(0) == '-' || text.charAt(length - 1) == '-') {
            return false;
        }
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-')) {
                return false;
            }
        }
        return true;
    }

    /** For messages: cut short, and without control characters that could forge log lines. */
    static String quoted(String text) {
        String cut = text.length() > LONGEST_QUOTE ? text.substring(0, LONGEST_QUOTE) + "…" : text;
        return "'" + cut.replaceAll("\\p{Cntrl}", "?") + "'";
    }
}
