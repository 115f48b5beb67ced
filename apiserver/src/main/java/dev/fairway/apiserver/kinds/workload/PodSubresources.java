package dev.fairway.apiserver.kinds.workload;

import dev.fairway.apiserver.kinds.Check;
import dev.fairway.apiserver.registry.Subresource;
import dev.fairway.schema.FieldError;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What of a Pod its subresources {@code ephemeralcontainers} and {@code resize} may change. */
final class PodSubresources {
    private static final Set<String> RESIZABLE = Set.of("cpu", "memory");

    private PodSubresources() {
    }

    /** Puts back into the spec what a write to a subresource does not reach. */
    static void keep(Subresource subresource, ObjectNode object, ObjectNode old) {
        if (subresource != Subresource.EPHEMERALCONTAINERS && subresource != Subresource.RESIZE) {
            return;
        }
        ObjectNode wanted = object.withObject("/spec");
        ObjectNode spec = old.withObject("/spec").deepCopy();
        if (subresource == Subresource.EPHEMERALCONTAINERS) {
            JsonNode containers = wanted.path("ephemeralContainers");
            if (containers.isEmpty()) {
                spec.remove("ephemeralContainers");
            } else {
                spec.set("ephemeralContainers", containers);
            }
        } else {
            resources(spec.path("containers"), wanted.path("containers"));
            resources(spec.path("initContainers"), wanted.path("initContainers"));
            if (wanted.has("resources")) {
                spec.set("resources", wanted.get("resources"));
            }
        }
        object.set("spec", spec);
    }

    private static void resources(JsonNode containers, JsonNode wanted) {
        Map<String, JsonNode> byName = byName(wanted);
        containers.forEach(container -> {
            JsonNode other = byName.get(container.path("name").asString(""));
            if (other != null) {
                for (String field : List.of("resources", "resizePolicy")) {
                    if (other.has(field)) {
                        ((ObjectNode) container).set(field, other.get(field));
                    }
                }
            }
        });
    }

    /** What is wrong with a write to a subresource. */
    static List<FieldError> validate(Subresource subresource, ObjectNode object, ObjectNode old) {
        return switch (subresource) {
            case EPHEMERALCONTAINERS -> ephemeral(object, old);
            case RESIZE -> resize(object, old);
            default -> List.of();
        };
    }

    private static List<FieldError> ephemeral(ObjectNode object, ObjectNode old) {
        List<FieldError> errors = new ArrayList<>();
        Check check = new Check();
        PodSpecValidation.validate(check, "spec", object.path("spec"));
        errors.addAll(check.errors());
        Map<String, JsonNode> now = byName(object.path("spec").path("ephemeralContainers"));
        Set<String> others = new java.util.HashSet<>(byName(object.path("spec").path("containers")).keySet());
        others.addAll(byName(object.path("spec").path("initContainers")).keySet());
        int index = 0;
        for (JsonNode container : object.path("spec").path("ephemeralContainers")) {
            String path = "spec.ephemeralContainers[" + index++ + "]";
            String name = container.path("name").asString("");
            if (name.isEmpty()) {
                errors.add(FieldError.required(path + ".name", ""));
            } else if (!others.add(name)) {
                errors.add(FieldError.duplicate(path + ".name", name));
            }
            if (container.path("image").asString("").isEmpty()) {
                errors.add(FieldError.required(path + ".image", ""));
            }
            for (String field : List.of("ports", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle")) {
                if (!container.path(field).isEmpty()) {
                    errors.add(FieldError.forbidden(path + "." + field, "cannot be set for an Ephemeral Container"));
                }
            }
        }
        byName(old.path("spec").path("ephemeralContainers")).forEach((name, before) -> {
            JsonNode after = now.get(name);
            if (after == null) {
                errors.add(FieldError.forbidden("spec.ephemeralContainers", "existing ephemeral containers \"" + name
                        + "\" may not be removed\n"));
            } else if (!after.equals(before)) {
                errors.add(FieldError.forbidden("spec.ephemeralContainers", "existing ephemeral containers \"" + name
                        + "\" may not be changed\n"));
            }
        });
        return errors;
    }

    private static List<FieldError> resize(ObjectNode object, ObjectNode old) {
        List<FieldError> errors = new ArrayList<>();
        Check check = new Check();
        PodSpecValidation.validate(check, "spec", object.path("spec"));
        errors.addAll(check.errors());
        if (!errors.isEmpty()) {
            return errors;
        }
        if (QosClass.of(object.withObject("/spec")) != QosClass.of(old.withObject("/spec"))) {
            errors.add(FieldError.invalid("spec", QosClass.of(object.withObject("/spec")).name(),
                    "Pod QOS Class may not change as a result of resizing"));
        }
        if (!others(object).equals(others(old))) {
            errors.add(FieldError.forbidden("spec", "only cpu and memory resources are mutable"));
        }
        return errors;
    }

    /** By container, the resources that a resize must leave. */
    private static Map<String, Map<String, JsonNode>> others(ObjectNode pod) {
        Map<String, Map<String, JsonNode>> all = new HashMap<>();
        for (String list : List.of("containers", "initContainers")) {
            byName(pod.path("spec").path(list)).forEach((name, container) -> {
                Map<String, JsonNode> fixed = new HashMap<>();
                for (String kind : List.of("requests", "limits")) {
                    container.path("resources").path(kind).properties().stream()
                            .filter(each -> !RESIZABLE.contains(each.getKey()))
                            .forEach(each -> fixed.put(kind + "/" + each.getKey(), each.getValue()));
                }
                all.put(list + "/" + name, fixed);
            });
        }
        return all;
    }

    private static Map<String, JsonNode> byName(JsonNode containers) {
        Map<String, JsonNode> byName = new LinkedHashMap<>();
        containers.forEach(each -> byName.put(each.path("name").asString(""), each));
        return byName;
    }
}
