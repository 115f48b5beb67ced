package dev.fairway.apiserver.kinds.workload;

import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The defaults of a Pod's spec that depend on other fields, and so cannot stand in the schema. */
final class PodDefaults {
    /** 0644: what files of volumes are, for lack of another wish. */
    private static final int FILE_MODE = 0644;
    private static final int TOKEN_SECONDS = 3600;

    private PodDefaults() {}

    static void apply(ObjectNode spec) {
        text(spec, "restartPolicy", "Always");
        text(spec, "dnsPolicy", "ClusterFirst");
        text(spec, "schedulerName", "default-scheduler");
        if (!spec.hasNonNull("terminationGracePeriodSeconds")) {
            spec.put("terminationGracePeriodSeconds", 30);
        }
        if (!spec.hasNonNull("securityContext")) {
            spec.putObject("securityContext");
        }
        containers(spec).forEach(container -> container(container, spec.path("hostNetwork").asBoolean(false)));
        spec.path("ephemeralContainers").valueStream().filter(ObjectNode.class::isInstance)
                .forEach(each -> container((ObjectNode) each, false));
        spec.path("volumes").forEach(PodDefaults::volume);
        String account = spec.path("serviceAccountName").asString(spec.path("serviceAccount").asString(""));
        if (!account.isEmpty()) {
            spec.put("serviceAccountName", account).put("serviceAccount", account);
        }
    }

    static Stream<ObjectNode> containers(JsonNode spec) {
        return Stream.of("initContainers", "containers")
                .flatMap(field -> spec.path(field).valueStream())
                .filter(ObjectNode.class::isInstance)
                .map(ObjectNode.class::cast);
    }

    private static void container(ObjectNode container, boolean hostNetwork) {
        text(container, "imagePullPolicy", pullPolicy(container.path("image").asString("")));
        text(container, "terminationMessagePath", "/dev/termination-log");
        text(container, "terminationMessagePolicy", "File");
        if (!container.hasNonNull("resources")) {
            container.putObject("resources");
        }
        // What is limited and asks for nothing else asks for its limit.
        container.path("resources").path("limits").properties().forEach(limit -> {
            ObjectNode requests = container.withObjectProperty("resources").withObjectProperty("requests");
            if (!requests.has(limit.getKey())) {
                requests.set(limit.getKey(), limit.getValue());
            }
        });
        for (JsonNode port : container.path("ports")) {
            if (port instanceof ObjectNode each) {
                text(each, "protocol", "TCP");
                if (hostNetwork && !each.hasNonNull("hostPort")) {
                    each.set("hostPort", each.path("containerPort"));
                }
            }
        }
        container.path("env").forEach(each -> fieldReferences(List.of(each.path("valueFrom"))));
        for (String name : List.of("livenessProbe", "readinessProbe", "startupProbe")) {
            if (container.get(name) instanceof ObjectNode probe) {
                probe(probe);
            }
        }
    }

    private static void volume(JsonNode volume) {
        for (String source : List.of("secret", "configMap", "downwardAPI", "projected")) {
            if (volume.get(source) instanceof ObjectNode files && !files.hasNonNull("defaultMode")) {
                files.put("defaultMode", FILE_MODE);
            }
        }
        if (volume.get("hostPath") instanceof ObjectNode path && !path.has("type")) {
            path.put("type", "");
        }
        fieldReferences(volume.path("downwardAPI").path("items"));
        for (JsonNode source : volume.path("projected").path("sources")) {
            fieldReferences(source.path("downwardAPI").path("items"));
            if (source.get("serviceAccountToken") instanceof ObjectNode token) {
                number(token, "expirationSeconds", TOKEN_SECONDS);
            }
        }
    }

    private static void fieldReferences(Iterable<JsonNode> list) {
        for (JsonNode item : list) {
            if (item.get("fieldRef") instanceof ObjectNode reference) {
                text(reference, "apiVersion", "v1");
            }
        }
    }

    private static void probe(ObjectNode probe) {
        number(probe, "timeoutSeconds", 1);
        number(probe, "periodSeconds", 10);
        number(probe, "successThreshold", 1);
        number(probe, "failureThreshold", 3);
        if (probe.get("httpGet") instanceof ObjectNode get) {
            text(get, "path", "/");
            text(get, "scheme", "HTTP");
        }
    }

    /** {@code Always} for the tag {@code latest} or none, since what is behind it changes. */
    private static String pullPolicy(String image) {
        String name = image.substring(image.lastIndexOf('/') + 1);
        boolean moving = !image.contains("@") && (!name.contains(":") || name.endsWith(":latest"));
        return moving ? "Always" : "IfNotPresent";
    }

    private static void text(ObjectNode node, String field, String value) {
        if (node.path(field).asString("").isEmpty()) {
            node.put(field, value);
        }
    }

    private static void number(ObjectNode node, String field, int value) {
        if (node.path(field).asInt(0) == 0) {
            node.put(field, value);
        }
    }
}
