package dev.fairway.apiserver.crd;

import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.fairway.apiserver.crd.SchemaNode.Rule;
import dev.fairway.schema.FieldError;
import dev.fairway.schema.FieldError.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Runs the {@code x-kubernetes-validations} of a schema. Rules are compiled when they first run. */
final class CelRules {
    private final SchemaNode schema;
    private final boolean any;
    private final Map<String, CelRuntime.Program> programs = new ConcurrentHashMap<>();

    CelRules(SchemaNode schema) {
        this.schema = schema;
        this.any = hasRules(schema);
    }

    private static boolean hasRules(SchemaNode node) {
        return !node.rules().isEmpty() || node.properties().values().stream().anyMatch(CelRules::hasRules)
                || node.items().filter(CelRules::hasRules).isPresent() || node.additional().filter(CelRules::hasRules).isPresent();
    }

    /** The rules of a schema that do not compile. */
    static List<FieldError> compileErrors(SchemaNode node, String path) {
        List<FieldError> errors = new ArrayList<>();
        for (int i = 0; i < node.rules().size(); i++) {
            try {
                CelEnvironment.compile(node.rules().get(i).expression());
            } catch (IllegalArgumentException e) {
                errors.add(FieldError.invalid(path + ".x-kubernetes-validations[" + i + "].rule", node.rules().get(i).expression(), e.getMessage()));
            }
        }
        node.properties().forEach((name, child) -> errors.addAll(compileErrors(child, path + ".properties[" + name + "]")));
        node.items().ifPresent(child -> errors.addAll(compileErrors(child, path + ".items")));
        node.additional().ifPresent(child -> errors.addAll(compileErrors(child, path + ".additionalProperties")));
        return errors;
    }

    /**
     * The rules that do not hold.
     *
     * @param old the object before; null on create
     */
    List<FieldError> validate(ObjectNode object, ObjectNode old) {
        List<FieldError> errors = new ArrayList<>();
        if (any) {
            walk(root(object), old == null ? null : root(old), schema, "", errors);
        }
        return errors;
    }

    /** At the top, rules see only the name of the metadata. */
    private static ObjectNode root(ObjectNode object) {
        ObjectNode seen = JsonNodeFactory.instance.objectNode();
        object.properties().forEach(field -> {
            if (!field.getKey().equals("metadata")) {
                seen.set(field.getKey(), field.getValue());
            }
        });
        ObjectNode metadata = seen.putObject("metadata");
        for (String name : List.of("name", "generateName")) {
            if (object.path("metadata").has(name)) {
                metadata.set(name, object.path("metadata").get(name));
            }
        }
        return seen;
    }

    private void walk(JsonNode value, JsonNode old, SchemaNode node, String path, List<FieldError> errors) {
        if (value.isNull()) {
            return;
        }
        for (Rule rule : node.rules()) {
            run(rule, value, old, node, path).ifPresent(errors::add);
        }
        if (value.isObject()) {
            for (Map.Entry<String, JsonNode> field : value.properties()) {
                node.field(field.getKey()).ifPresent(child -> walk(field.getValue(),
                        old == null ? null : old.get(field.getKey()), child, SchemaValidation.join(path, field.getKey()), errors));
            }
        } else if (value.isArray() && node.items().isPresent()) {
            for (int i = 0; i < value.size(); i++) {
                walk(value.get(i), counterpart(value.get(i), old, node), node.items().get(), path + "[" + i + "]", errors);
            }
        }
    }

    /** The old item with the same keys; only lists of type map have such. */
    private static JsonNode counterpart(JsonNode item, JsonNode old, SchemaNode node) {
        if (old == null || !node.listType().equals("map")) {
            return null;
        }
        for (JsonNode each : old) {
            if (node.listKeys().stream().allMatch(key -> each.path(key).equals(item.path(key)))) {
                return each;
            }
        }
        return null;
    }

    private Optional<FieldError> run(Rule rule, JsonNode value, JsonNode old, SchemaNode node, String path) {
        boolean transition = rule.expression().contains("oldSelf");
        if (transition && old == null && !rule.optionalOldSelf()) {
            return Optional.empty();
        }
        Map<String, Object> variables = new HashMap<>();
        variables.put("self", CelValues.of(value, node));
        if (rule.optionalOldSelf()) {
            variables.put("oldSelf", Optional.ofNullable(old).map(each -> CelValues.of(each, node)));
        } else if (transition) {
            variables.put("oldSelf", CelValues.of(old, node));
        }
        String at = rule.fieldPath().isEmpty() ? path : path + rule.fieldPath();
        try {
            if (Boolean.TRUE.equals(program(rule.expression()).eval(variables))) {
                return Optional.empty();
            }
            return Optional.of(error(rule, at, node, message(rule, variables)));
        } catch (CelEvaluationException | IllegalArgumentException e) {
            return Optional.of(FieldError.invalid(at, typeOf(node), "rule evaluation error: " + e.getMessage()));
        }
    }

    private CelRuntime.Program program(String expression) {
        return programs.computeIfAbsent(expression, CelEnvironment::compile);
    }

    private String message(Rule rule, Map<String, Object> variables) {
        if (!rule.messageExpression().isEmpty()) {
            try {
                if (program(rule.messageExpression()).eval(variables) instanceof String text && !text.isBlank()) {
                    return text;
                }
            } catch (CelEvaluationException | IllegalArgumentException e) {
                System.getLogger(CelRules.class.getName()).log(System.Logger.Level.DEBUG,
                        () -> "messageExpression of rule " + rule.expression() + " failed: " + e.getMessage());
            }
        }
        return rule.message().isEmpty() ? "failed rule: " + rule.expression().strip() : rule.message();
    }

    private static FieldError error(Rule rule, String path, SchemaNode node, String message) {
        return switch (rule.reason()) {
            case "FieldValueForbidden" -> FieldError.forbidden(path, message);
            case "FieldValueRequired" -> FieldError.required(path, message);
            case "FieldValueDuplicate" -> new FieldError(Type.DUPLICATE, path, typeOf(node), message);
            default -> FieldError.invalid(path, typeOf(node), message);
        };
    }

    private static String typeOf(SchemaNode node) {
        return node.type().isEmpty() ? "object" : node.type();
    }
}
