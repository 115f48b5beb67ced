package dev.fairway.apiserver.kinds.plain;

import dev.fairway.kube.Quantity;
import dev.fairway.schema.FieldError;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** ResourceQuotas and LimitRanges. */
final class ResourceRules {
    private static final List<String> LIMIT_TYPES = List.of("Container", "PersistentVolumeClaim", "Pod");
    private static final Set<String> COUNTED = Set.of("pods", "services", "replicationcontrollers", "resourcequotas",
            "secrets", "configmaps", "persistentvolumeclaims", "services.nodeports", "services.loadbalancers");
    private static final Set<String> MEASURED = Set.of("cpu", "memory", "storage", "ephemeral-storage", "requests.cpu",
            "requests.memory", "requests.storage", "requests.ephemeral-storage", "limits.cpu", "limits.memory",
            "limits.ephemeral-storage");
    private static final List<Set<String>> CONTRADICTIONS =
            List.of(Set.of("BestEffort", "NotBestEffort"), Set.of("Terminating", "NotTerminating"));

    private ResourceRules() {
    }

    static void quota(At quota) {
        At spec = quota.field("spec");
        for (At amount : spec.field("hard").keys()) {
            String name = amount.path().substring(amount.path().indexOf('[') + 1, amount.path().length() - 1);
            name(amount, name);
            Quantity quantity = Quantity.of(amount.node());
            if (quantity.signum() < 0) {
                amount.invalid("must be greater than or equal to 0");
            } else if ((COUNTED.contains(name) || name.startsWith("count/")) && !quantity.isWhole()) {
                amount.invalid("must be an integer");
            }
        }
        Set<String> scopes = new HashSet<>();
        spec.field("scopes").items().forEach(scope -> scopes.add(scope.text()));
        if (CONTRADICTIONS.stream().anyMatch(scopes::containsAll)) {
            spec.field("scopes").invalid("conflicting scopes");
        }
    }

    private static void name(At amount, String name) {
        boolean standard = COUNTED.contains(name) || MEASURED.contains(name) || name.startsWith("hugepages-")
                || name.startsWith("requests.hugepages-");
        if (!name.contains("/") && !standard) {
            amount.check().invalid(amount.path(), name, "must be a standard resource for quota");
        } else {
            amount.check().qualifiedName(amount.path(), name);
        }
    }

    static void quotaUpdate(At now, At old) {
        now.field("spec").field("scopes").immutable(old.field("spec").field("scopes"));
    }

    /** What is limited is limited to the maximum by default, and asks for that limit. */
    static void limitRangeDefaults(ObjectNode object) {
        for (JsonNode item : object.path("spec").path("limits")) {
            if (item instanceof ObjectNode limit && limit.path("type").asString("").equals("Container")) {
                fill(limit, "default", limit.path("max"));
                fill(limit, "defaultRequest", limit.path("default"));
                fill(limit, "defaultRequest", limit.path("min"));
            }
        }
    }

    private static void fill(ObjectNode limit, String field, JsonNode from) {
        for (var entry : List.copyOf(from.properties())) {
            ObjectNode target = limit.withObjectProperty(field);
            if (!target.has(entry.getKey())) {
                target.set(entry.getKey(), entry.getValue());
            }
        }
    }

    static void limitRange(At limitRange) {
        Set<String> types = new HashSet<>();
        for (At limit : limitRange.field("spec").field("limits").items()) {
            At type = limit.field("type");
            if (!type.text().contains("/") && !LIMIT_TYPES.contains(type.text())) {
                type.invalid("must be a standard limit type or fully qualified");
            }
            if (!types.add(type.text())) {
                type.check().add(FieldError.duplicate(type.path(), type.text()));
            }
            if (type.text().equals("Pod")) {
                List.of("default", "defaultRequest").stream().map(limit::field).filter(At::present)
                        .forEach(at -> at.forbidden("may not be specified when `type` is 'Pod'"));
            }
            if (type.text().equals("PersistentVolumeClaim") && amount(limit, "min", "storage").isEmpty()
                    && amount(limit, "max", "storage").isEmpty()) {
                limit.field("limits").required("either minimum or maximum storage value is required, but neither was provided");
            }
            Set<String> resources = new TreeSet<>();
            List.of("max", "min", "default", "defaultRequest").forEach(field ->
                    resources.addAll(limit.field(field).node().propertyNames()));
            resources.forEach(resource -> inOrder(limit, resource));
        }
    }

    private static Optional<Quantity> amount(At limit, String field, String resource) {
        At at = limit.field(field).key(resource);
        return at.present() ? Optional.of(Quantity.of(at.node())) : Optional.empty();
    }

    /** Least, default request, default limit and most must not cross. */
    private static void inOrder(At limit, String resource) {
        atMost(limit, resource, "min", "min", "max", "min", "max");
        atMost(limit, resource, "defaultRequest", "min", "defaultRequest", "min", "default request");
        atMost(limit, resource, "defaultRequest", "defaultRequest", "max", "default request", "max");
        atMost(limit, resource, "defaultRequest", "defaultRequest", "default", "default request", "default limit");
        atMost(limit, resource, "default", "min", "default", "min", "default");
        atMost(limit, resource, "default", "default", "max", "default", "max");
    }

    private static void atMost(At limit, String resource, String blamed, String low, String high, String lowWords, String highWords) {
        Optional<Quantity> less = amount(limit, low, resource);
        Optional<Quantity> more = amount(limit, high, resource);
        if (less.isPresent() && more.isPresent() && less.get().compareTo(more.get()) > 0) {
            limit.field(blamed).key(resource).invalid(lowWords + " value " + less.get() + " is greater than " + highWords
                    + " value " + more.get());
        }
    }
}
