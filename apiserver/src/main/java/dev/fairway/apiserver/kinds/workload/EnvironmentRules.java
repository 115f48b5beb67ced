package dev.fairway.apiserver.kinds.workload;

import dev.fairway.apiserver.kinds.Check;
import dev.fairway.schema.FieldError;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** The environment variables of a container. */
final class EnvironmentRules {
    private static final Pattern NAME = Pattern.compile("[ -<>-~]+");
    private static final List<String> SOURCES = List.of("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef");
    private static final Set<String> FIELDS = Set.of("metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName",
            "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs");
    private static final Pattern KEYED_FIELD = Pattern.compile("metadata\\.(labels|annotations)\\['.+'\\]");

    private final Check check;

    private EnvironmentRules(Check check) {
        this.check = check;
    }

    static void check(Check check, String path, JsonNode container) {
        EnvironmentRules rules = new EnvironmentRules(check);
        rules.variables(path + ".env", container.path("env"));
        rules.sources(path + ".envFrom", container.path("envFrom"));
    }

    private void variables(String path, JsonNode variables) {
        for (int i = 0; i < variables.size(); i++) {
            String at = path + "[" + i + "]";
            String name = variables.get(i).path("name").asString("");
            if (name.isEmpty()) {
                check.required(at + ".name");
            } else if (!NAME.matcher(name).matches()) {
                check.invalid(at + ".name", name, "a valid environment variable name must consist only of"
                        + " printable ASCII characters other than '='");
            }
            if (variables.get(i).path("valueFrom").isObject()) {
                source(at + ".valueFrom", variables.get(i).path("valueFrom"));
                if (!variables.get(i).path("value").asString("").isEmpty()) {
                    check.invalid(at + ".valueFrom", "", "may not be specified when `value` is not empty");
                }
            }
        }
    }

    private void source(String path, JsonNode from) {
        List<String> given = SOURCES.stream().filter(from::hasNonNull).toList();
        if (given.isEmpty()) {
            check.invalid(path, "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`");
        } else if (given.size() > 1) {
            check.invalid(path, "", "may not have more than one field specified at a time");
        }
        if (from.hasNonNull("fieldRef")) {
            String field = from.path("fieldRef").path("fieldPath").asString("");
            if (field.isEmpty()) {
                check.required(path + ".fieldRef.fieldPath");
            } else if (!FIELDS.contains(field) && !KEYED_FIELD.matcher(field).matches()) {
                check.add(FieldError.notSupported(path + ".fieldRef.fieldPath", field, FIELDS));
            }
        }
        if (from.hasNonNull("resourceFieldRef") && from.path("resourceFieldRef").path("resource").asString("").isEmpty()) {
            check.required(path + ".resourceFieldRef.resource");
        }
        for (String kind : List.of("configMapKeyRef", "secretKeyRef")) {
            if (from.hasNonNull(kind)) {
                if (from.path(kind).path("name").asString("").isEmpty()) {
                    check.required(path + "." + kind + ".name");
                }
                if (from.path(kind).path("key").asString("").isEmpty()) {
                    check.required(path + "." + kind + ".key");
                }
            }
        }
    }

    private void sources(String path, JsonNode sources) {
        for (int i = 0; i < sources.size(); i++) {
            String at = path + "[" + i + "]";
            boolean configMap = sources.get(i).hasNonNull("configMapRef");
            boolean secret = sources.get(i).hasNonNull("secretRef");
            if (configMap == secret) {
                check.invalid(at, "", configMap ? "may not have more than one field specified at a time"
                        : "must specify one of: `configMapRef` or `secretRef`");
            }
            for (String kind : List.of("configMapRef", "secretRef")) {
                if (sources.get(i).hasNonNull(kind) && sources.get(i).path(kind).path("name").asString("").isEmpty()) {
                    check.required(at + "." + kind + ".name");
                }
            }
        }
    }
}
