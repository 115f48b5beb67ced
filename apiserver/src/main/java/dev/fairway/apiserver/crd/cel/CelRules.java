package dev.fairway.apiserver.crd.cel;

import dev.cel.common.CelErrorCode;
import dev.cel.runtime.CelEvaluationException;
import dev.fairway.apiserver.crd.cel.CelEnvironment.Compiled;
import dev.fairway.apiserver.crd.schema.SchemaNode;
import dev.fairway.apiserver.crd.schema.SchemaNode.Rule;
import dev.fairway.apiserver.crd.schema.SchemaValidation;
import dev.fairway.schema.FieldError;
import dev.fairway.schema.FieldError.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Runs the {@code x-kubernetes-validations} of a schema: a tree of those of its nodes at or below which there are
 * rules. Rules are compiled when they first run.
 */
public final class CelRules {
    private final SchemaNode schema;
    private final boolean resource;
    private final Map<String, CelRules> properties = new HashMap<>();
    private final Optional<CelRules> items;
    private final Optional<CelRules> additional;
    private volatile List<Ready> compiled;

    /** One rule made ready; an error of its compilation shows with each value. */
    private record Ready(Rule rule, Compiled condition, Compiled message, String problem) {
    }

    private CelRules(SchemaNode schema, boolean resource) {
        this.schema = schema;
        this.resource = resource;
        schema.properties().forEach((name, child) -> of(child, child.embedded()).ifPresent(rules -> properties.put(name, rules)));
        this.items = schema.items().flatMap(child -> of(child, child.embedded()));
        this.additional = schema.additional().flatMap(child -> of(child, child.embedded()));
    }

    /** The rules of a whole object; empty if there are none. */
    public static Optional<CelRules> of(SchemaNode schema) {
        return of(schema, true);
    }

    /** The rules of a part of an object. */
    public static Optional<CelRules> ofValue(SchemaNode schema) {
        return of(schema, schema.embedded());
    }

    private static Optional<CelRules> of(SchemaNode schema, boolean resource) {
        CelRules rules = new CelRules(schema, resource);
        boolean none = schema.rules().isEmpty() && rules.properties.isEmpty() && rules.items.isEmpty() && rules.additional.isEmpty();
        return none ? Optional.empty() : Optional.of(rules);
    }

    /**
     * The rules that do not hold.
     *
     * @param old the object before; null on create
     */
    public List<FieldError> validate(ObjectNode object, ObjectNode old) {
        return validateValue(object, old, "");
    }

    /** The rules that do not hold for a value that is not a whole object, such as a default. */
    public List<FieldError> validateValue(JsonNode value, JsonNode old, String path) {
        List<FieldError> errors = new ArrayList<>();
        try {
            walk(value, old, false, path, errors);
        } catch (BudgetExceededException e) {
            errors.add(e.error);
        }
        return errors;
    }

    /** Ends the run: no more rules are tried. */
    private static final class BudgetExceededException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient FieldError error;

        BudgetExceededException(FieldError error) {
            super(error.error(), null, false, false);
            this.error = error;
        }
    }

    /**
     * @param old       the value before, if it can be told which that was
     * @param unchanged whether this value is part of one that is as it was: then only rules on changes count
     */
    private void walk(JsonNode value, JsonNode old, boolean unchanged, String path, List<FieldError> errors) {
        if (value.isNull()) {
            return;
        }
        boolean same = old == null ? unchanged : old.equals(value);
        run(value, old, same, path, errors);
        if (value.isObject()) {
            boolean correlated = old != null && old.isObject() && !schema.atomicMap();
            for (Map.Entry<String, JsonNode> field : value.properties()) {
                CelRules rules = schema.properties().containsKey(field.getKey()) ? properties.get(field.getKey())
                        : additional.orElse(null);
                if (rules != null) {
                    rules.walk(field.getValue(), correlated ? old.get(field.getKey()) : null, same,
                            SchemaValidation.join(path, field.getKey()), errors);
                }
            }
        } else if (value.isArray() && items.isPresent()) {
            for (int i = 0; i < value.size(); i++) {
                items.get().walk(value.get(i), SchemaValidation.counterpart(value.get(i), old, schema), same, path + "[" + i + "]", errors);
            }
        }
    }

    private void run(JsonNode value, JsonNode old, boolean same, String path, List<FieldError> errors) {
        if (schema.rules().isEmpty()) {
            return;
        }
        JsonNode seen = resource ? visible(value) : value;
        JsonNode before = old == null || old.isNull() ? null : resource ? visible(old) : old;
        for (Ready each : compiled()) {
            if (each.condition() == null) {
                errors.add(FieldError.invalid(path, schema.type(), "rule compile error: " + each.problem()));
            } else if (before != null || !each.condition().usesOld() || each.rule().optionalOldSelf()) {
                boolean excused = same && !each.condition().usesOld();
                run(each, seen, before, path).filter(ignored -> !excused).ifPresent(errors::add);
            }
        }
    }

    private List<Ready> compiled() {
        List<Ready> ready = compiled;
        if (ready == null) {
            CelTypes types = CelTypes.of(schema, resource);
            Optional<CelEnvironment> environment = types.self().map(ignored -> CelEnvironment.of(types));
            ready = schema.rules().stream().map(rule -> environment.map(each -> compile(each, rule))
                    .orElse(new Ready(rule, null, null, "no type of self is known"))).toList();
            compiled = ready;
        }
        return ready;
    }

    private static Ready compile(CelEnvironment environment, Rule rule) {
        try {
            return new Ready(rule, environment.rule(rule),
                    rule.messageExpression().isEmpty() ? null : environment.message(rule), "");
        } catch (IllegalArgumentException e) {
            return new Ready(rule, null, null, e.getMessage());
        }
    }

    /** At the top, rules see only the names of the metadata. */
    private static JsonNode visible(JsonNode value) {
        if (!(value instanceof ObjectNode object)) {
            return value;
        }
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

    private Optional<FieldError> run(Ready each, JsonNode value, JsonNode old, String path) {
        Rule rule = each.rule();
        Map<String, Object> variables = new HashMap<>();
        variables.put("self", CelValues.of(value, schema));
        if (rule.optionalOldSelf()) {
            variables.put("oldSelf", Optional.ofNullable(old).map(before -> CelValues.of(before, schema)));
        } else if (old != null) {
            variables.put("oldSelf", CelValues.of(old, schema));
        }
        try {
            if (Boolean.TRUE.equals(each.condition().program().eval(variables))) {
                return Optional.empty();
            }
        } catch (CelEvaluationException e) {
            if (e.getErrorCode() == CelErrorCode.ITERATION_BUDGET_EXCEEDED) {
                throw new BudgetExceededException(FieldError.invalid(path, schema.type(),
                        "validation failed due to running out of cost budget, no further validation rules will be run"));
            }
            return Optional.of(FieldError.invalid(path, schema.type(), cause(e) + " evaluating rule: " + told(rule)));
        }
        Object shown = value.isObject() || value.isArray() ? FieldError.OMITTED : SchemaValidation.shown(value);
        return Optional.of(error(rule, path + rule.fieldPath(), shown, message(each, variables)));
    }

    /** The message without where in the expression it happened, in the words of Kubernetes. */
    private static String cause(CelEvaluationException e) {
        String message = e.getMessage().replaceFirst("key '(.*)' is not present in map\\.", "no such key: $1");
        return message.startsWith("evaluation error") && message.contains(": ") ? message.substring(message.indexOf(": ") + 2) : message;
    }

    private static String told(Rule rule) {
        return rule.message().isEmpty() ? rule.expression().strip() : rule.message().strip();
    }

    private static String message(Ready each, Map<String, Object> variables) {
        Rule rule = each.rule();
        if (each.message() != null) {
            try {
                if (each.message().program().eval(variables) instanceof String text && !text.isBlank() && !text.contains("\n")) {
                    return text.strip();
                }
            } catch (CelEvaluationException e) {
                System.getLogger(CelRules.class.getName()).log(System.Logger.Level.DEBUG,
                        () -> "messageExpression of rule " + rule.expression() + " failed: " + e.getMessage());
            }
        }
        return rule.message().isEmpty() ? "failed rule: " + told(rule) : told(rule);
    }

    private static FieldError error(Rule rule, String path, Object shown, String message) {
        return switch (rule.reason()) {
            case "FieldValueForbidden" -> FieldError.forbidden(path, message);
            case "FieldValueRequired" -> FieldError.required(path, message);
            case "FieldValueDuplicate" -> new FieldError(Type.DUPLICATE, path, shown, message);
            default -> FieldError.invalid(path, shown, message);
        };
    }
}
