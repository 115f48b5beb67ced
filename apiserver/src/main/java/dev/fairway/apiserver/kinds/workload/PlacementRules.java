package dev.fairway.apiserver.kinds.workload;

import dev.fairway.apiserver.kinds.Check;
import dev.fairway.schema.FieldError;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Where a Pod may run: tolerations, affinities, spread. */
final class PlacementRules {
    private static final List<String> EFFECTS = List.of("NoExecute", "NoSchedule", "PreferNoSchedule");
    private static final List<String> OPERATORS = List.of("Equal", "Exists");

    private final Check check;
    private final String root;

    private PlacementRules(Check check, String root) {
        this.check = check;
        this.root = root;
    }

    static void check(Check check, String root, JsonNode spec) {
        PlacementRules rules = new PlacementRules(check, root);
        rules.tolerations(spec.path("tolerations"));
        rules.nodes(spec.path("affinity").path("nodeAffinity"));
        rules.pods(".affinity.podAffinity", spec.path("affinity").path("podAffinity"));
        rules.pods(".affinity.podAntiAffinity", spec.path("affinity").path("podAntiAffinity"));
        rules.spread(spec.path("topologySpreadConstraints"));
    }

    private void tolerations(JsonNode tolerations) {
        for (int i = 0; i < tolerations.size(); i++) {
            String at = root + ".tolerations[" + i + "]";
            JsonNode each = tolerations.get(i);
            String key = each.path("key").asString("");
            String operator = each.path("operator").asString("");
            String effect = each.path("effect").asString("");
            if (!key.isEmpty()) {
                check.qualifiedName(at + ".key", key);
            } else if (!operator.equals("Exists")) {
                check.invalid(at + ".operator", operator, "operator must be Exists when `key` is empty, which means \"match all values and all keys\"");
            }
            if (each.hasNonNull("tolerationSeconds") && !effect.equals("NoExecute")) {
                check.invalid(at + ".effect", effect, "effect must be 'NoExecute' when `tolerationSeconds` is set");
            }
            if (operator.isEmpty() || operator.equals("Equal")) {
                check.labelValue(at + ".operator", each.path("value").asString(""));
            } else if (operator.equals("Exists")) {
                if (!each.path("value").asString("").isEmpty()) {
                    check.invalid(at + ".operator", each.path("value").asString(""), "value must be empty when `operator` is 'Exists'");
                }
            } else {
                check.add(FieldError.notSupported(at + ".operator", operator, OPERATORS));
            }
            if (!effect.isEmpty() && !EFFECTS.contains(effect)) {
                check.add(FieldError.notSupported(at + ".effect", effect, EFFECTS));
            }
        }
    }

    private void nodes(JsonNode affinity) {
        String path = root + ".affinity.nodeAffinity.";
        JsonNode required = affinity.path("requiredDuringSchedulingIgnoredDuringExecution");
        if (required.isObject()) {
            JsonNode terms = required.path("nodeSelectorTerms");
            String at = path + "requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms";
            if (terms.isEmpty()) {
                check.required(at, "must have at least one node selector term");
            }
            for (int i = 0; i < terms.size(); i++) {
                term(at + "[" + i + "]", terms.get(i));
            }
        }
        JsonNode preferred = affinity.path("preferredDuringSchedulingIgnoredDuringExecution");
        for (int i = 0; i < preferred.size(); i++) {
            String at = path + "preferredDuringSchedulingIgnoredDuringExecution[" + i + "]";
            weight(at, preferred.get(i));
            term(at + ".preference", preferred.get(i).path("preference"));
        }
    }

    private void weight(String path, JsonNode preferred) {
        int weight = preferred.path("weight").asInt(0);
        if (weight < 1 || weight > 100) {
            check.invalid(path + ".weight", weight, "must be in the range 1-100");
        }
    }

    private void term(String path, JsonNode term) {
        for (String field : List.of("matchExpressions", "matchFields")) {
            JsonNode list = term.path(field);
            for (int i = 0; i < list.size(); i++) {
                requirement(path + "." + field + "[" + i + "]", list.get(i), field.equals("matchFields"));
            }
        }
    }

    private void requirement(String path, JsonNode requirement, boolean field) {
        JsonNode values = requirement.path("values");
        switch (requirement.path("operator").asString("")) {
            case "In", "NotIn" -> {
                if (values.isEmpty()) {
                    check.required(path + ".values", "must be specified when `operator` is 'In' or 'NotIn'");
                }
            }
            case "Exists", "DoesNotExist" -> {
                if (!values.isEmpty()) {
                    check.forbidden(path + ".values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                }
            }
            case "Gt", "Lt" -> {
                if (values.size() != 1) {
                    check.required(path + ".values", "must be specified single value when `operator` is 'Lt' or 'Gt'");
                }
            }
            default -> check.invalid(path + ".operator", requirement.path("operator").asString(""), "not a valid selector operator");
        }
        if (!field) {
            check.qualifiedName(path + ".key", requirement.path("key").asString(""));
        } else if (!requirement.path("key").asString("").equals("metadata.name")) {
            check.invalid(path + ".key", requirement.path("key").asString(""), "not a valid field selector key");
        }
    }

    private void pods(String path, JsonNode affinity) {
        JsonNode required = affinity.path("requiredDuringSchedulingIgnoredDuringExecution");
        for (int i = 0; i < required.size(); i++) {
            podTerm(root + path + ".requiredDuringSchedulingIgnoredDuringExecution[" + i + "]", required.get(i));
        }
        JsonNode preferred = affinity.path("preferredDuringSchedulingIgnoredDuringExecution");
        for (int i = 0; i < preferred.size(); i++) {
            String at = root + path + ".preferredDuringSchedulingIgnoredDuringExecution[" + i + "]";
            weight(at, preferred.get(i));
            podTerm(at + ".podAffinityTerm", preferred.get(i).path("podAffinityTerm"));
        }
    }

    private void podTerm(String path, JsonNode term) {
        String key = term.path("topologyKey").asString("");
        if (key.isEmpty()) {
            check.required(path + ".topologyKey", "can not be empty");
        } else {
            check.qualifiedName(path + ".topologyKey", key);
        }
        check.labelSelector(path + ".labelSelector", term.path("labelSelector"));
        check.labelSelector(path + ".namespaceSelector", term.path("namespaceSelector"));
        for (int i = 0; i < term.path("namespaces").size(); i++) {
            check.dnsLabel(path + ".namespaces[" + i + "]", term.path("namespaces").get(i).asString(""));
        }
    }

    private void spread(JsonNode constraints) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < constraints.size(); i++) {
            String at = root + ".topologySpreadConstraints[" + i + "]";
            JsonNode each = constraints.get(i);
            String key = each.path("topologyKey").asString("");
            String when = each.path("whenUnsatisfiable").asString("");
            if (each.path("maxSkew").asInt(0) <= 0) {
                check.invalid(at + ".maxSkew", each.path("maxSkew").asInt(0), "must be greater than zero");
            }
            if (key.isEmpty()) {
                check.required(at + ".topologyKey", "can not be empty");
            } else {
                check.qualifiedName(at + ".topologyKey", key);
            }
            if (!List.of("DoNotSchedule", "ScheduleAnyway").contains(when)) {
                check.add(FieldError.notSupported(at + ".whenUnsatisfiable", when, List.of("DoNotSchedule", "ScheduleAnyway")));
            }
            if (each.hasNonNull("minDomains")) {
                if (each.path("minDomains").asInt() <= 0) {
                    check.invalid(at + ".minDomains", each.path("minDomains").asInt(), "must be greater than zero");
                }
                if (!when.equals("DoNotSchedule")) {
                    check.invalid(at + ".minDomains", each.path("minDomains").asInt(),
                            "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not " + when);
                }
            }
            check.labelSelector(at + ".labelSelector", each.path("labelSelector"));
            if (!seen.add(key + " " + when)) {
                check.add(FieldError.duplicate(at + ".{topologyKey, whenUnsatisfiable}", "{" + key + ", " + when + "}"));
            }
        }
    }
}
