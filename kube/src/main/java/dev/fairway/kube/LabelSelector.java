package dev.fairway.kube;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** A label selector: all requirements must hold. An empty one matches everything. */
public record LabelSelector(List<Requirement> requirements) {
    public static final LabelSelector EVERYTHING = new LabelSelector(List.of());

    /** One condition on one label. */
    public sealed interface Requirement {
        String key();

        boolean matches(Map<String, String> labels);

        record In(String key, Set<String> values) implements Requirement {
            @Override
            public boolean matches(Map<String, String> labels) {
                return labels.containsKey(key) && values.contains(labels.get(key));
            }

            @Override
            public String toString() {
                return values.size() == 1
                        ? key + "=" + values.iterator().next()
                        : key + " in (" + String.join(",", new TreeSet<>(values)) + ")";
            }
        }

        /** Also holds where the label is absent. */
        record NotIn(String key, Set<String> values) implements Requirement {
            @Override
            public boolean matches(Map<String, String> labels) {
                return !labels.containsKey(key) || !values.contains(labels.get(key));
            }

            @Override
            public String toString() {
                return values.size() == 1
                        ? key + "!=" + values.iterator().next()
                        : key + " notin (" + String.join(",", new TreeSet<>(values)) + ")";
            }
        }

        /** The label is an integer above, or below, another. */
        record Compared(String key, boolean greater, long bound) implements Requirement {
            @Override
            public boolean matches(Map<String, String> labels) {
                try {
                    long value = Long.parseLong(labels.getOrDefault(key, ""));
                    return greater ? value > bound : value < bound;
                } catch (NumberFormatException e) {
                    return false;
                }
            }

            @Override
            public String toString() {
                return key + (greater ? ">" : "<") + bound;
            }
        }

        record Exists(String key) implements Requirement {
            @Override
            public boolean matches(Map<String, String> labels) {
                return labels.containsKey(key);
            }

            @Override
            public String toString() {
                return key;
            }
        }

        record NotExists(String key) implements Requirement {
            @Override
            public boolean matches(Map<String, String> labels) {
                return !labels.containsKey(key);
            }

            @Override
            public String toString() {
                return "!" + key;
            }
        }
    }

    public LabelSelector {
        requirements = List.copyOf(requirements);
    }

    public boolean matches(Map<String, String> labels) {
        return requirements.stream().allMatch(requirement -> requirement.matches(labels));
    }

    /** A plain map selector, as in {@code Service.spec.selector}. */
    public static LabelSelector ofMap(Map<String, String> labels) {
        List<Requirement> requirements = new ArrayList<>();
        labels.forEach((key, value) -> requirements.add(new Requirement.In(key, Set.of(value))));
        return new LabelSelector(requirements);
    }

    /**
     * A {@code metav1.LabelSelector}: matchLabels and matchExpressions.
     *
     * @throws IllegalArgumentException on an unknown operator
     */
    public static LabelSelector ofJson(JsonNode node) {
        List<Requirement> requirements =
                new ArrayList<>(ofMap(KubeObject.strings(node.path("matchLabels"))).requirements());
        for (JsonNode expression : node.path("matchExpressions")) {
            String key = expression.path("key").asString("");
            Set<String> values = expression.path("values").valueStream()
                    .map(value -> value.asString(""))
                    .collect(Collectors.toSet());
            String operator = expression.path("operator").asString("");
            requirements.add(switch (operator) {
                case "In" -> new Requirement.In(key, values);
                case "NotIn" -> new Requirement.NotIn(key, values);
                case "Exists" -> new Requirement.Exists(key);
                case "DoesNotExist" -> new Requirement.NotExists(key);
                default -> throw new IllegalArgumentException("\"" + operator + "\" is not a valid label selector operator");
            });
        }
        return new LabelSelector(requirements);
    }

    /** The query-string form, {@code a=b,c in (d,e),!f}. */
    @Override
    public String toString() {
        return requirements.stream().map(Object::toString).collect(Collectors.joining(","));
    }
}
