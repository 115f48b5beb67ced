package dev.fairway.apiserver.crd.cel;

import dev.fairway.apiserver.crd.schema.FieldPath;
import dev.fairway.apiserver.crd.schema.SchemaNode;
import dev.fairway.apiserver.crd.schema.SchemaNode.Rule;
import dev.fairway.schema.FieldError;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Whether the {@code x-kubernetes-validations} of a schema can run: their form, their types, and what they may cost. */
public final class CelCheck {
    private static final List<String> REASONS = List.of("FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired");
    private static final Pattern LINE_BREAK = Pattern.compile("[\\n\\r]");
    private static final String ADVICE = " (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where"
            + " arrays, maps, and strings are declared)";

    private final List<FieldError> errors;
    private long total;

    private CelCheck(List<FieldError> errors) {
        this.errors = errors;
    }

    /** Adds what is wrong with the rules of a kind. */
    public static void check(SchemaNode schema, String path, List<FieldError> errors) {
        CelCheck check = new CelCheck(errors);
        check.node(schema, path, true, Optional.empty(), 1);
        if (check.total > CelCost.PER_SCHEMA) {
            errors.add(FieldError.forbidden(path, tooExpensive("x-kubernetes-validations estimated rule cost total for entire"
                    + " OpenAPIv3 schema", check.total, CelCost.PER_SCHEMA)));
        }
    }

    /**
     * @param loose the path of the first node above whose parts cannot be told from their former selves
     * @param count how often a rule here may run at most
     */
    private void node(SchemaNode node, String path, boolean resource, Optional<String> loose, long count) {
        if (!node.rules().isEmpty()) {
            int before = errors.size();
            for (int i = 0; i < node.rules().size(); i++) {
                form(node.rules().get(i), node, path + ".x-kubernetes-validations[" + i + "]");
            }
            if (errors.size() == before) {
                compile(node, path + ".x-kubernetes-validations", resource, loose, count);
            }
        }
        Optional<String> below = loose.isPresent() || !node.atomicMap() ? loose : Optional.of(path);
        node.properties().forEach((name, child) -> node(child, path + ".properties[" + name + "]", child.embedded(), below, count));
        node.additional().ifPresent(child -> node(child, path + ".additionalProperties", child.embedded(), loose,
                CelCost.times(count, Math.max(1, CelCost.mostItems(node)))));
        node.items().ifPresent(child -> node(child, path + ".items", child.embedded(),
                loose.isPresent() || node.listType().equals("map") ? loose : Optional.of(path),
                CelCost.times(count, Math.max(1, CelCost.mostItems(node)))));
    }

    private void form(Rule rule, SchemaNode node, String path) {
        String message = rule.message().strip();
        if (rule.expression().isBlank()) {
            errors.add(FieldError.required(path + ".rule", "rule is not specified"));
        } else if (!rule.message().isEmpty() && message.isEmpty()) {
            errors.add(FieldError.invalid(path + ".message", rule.message(), "must be non-empty if specified"));
        } else if (LINE_BREAK.matcher(message).find()) {
            errors.add(FieldError.invalid(path + ".message", rule.message(), "must not contain line breaks"));
        } else if (LINE_BREAK.matcher(rule.expression().strip()).find() && message.isEmpty()) {
            errors.add(FieldError.required(path + ".message", "message must be specified if rule contains line breaks"));
        }
        if (!rule.messageExpression().isEmpty() && rule.messageExpression().isBlank()) {
            errors.add(FieldError.required(path + ".messageExpression", "messageExpression must be non-empty if specified"));
        }
        if (!rule.reason().isEmpty() && !REASONS.contains(rule.reason())) {
            errors.add(FieldError.notSupported(path + ".reason", rule.reason(), REASONS));
        }
        if (!rule.fieldPath().isEmpty()) {
            if (rule.fieldPath().isBlank()) {
                errors.add(FieldError.invalid(path + ".fieldPath", rule.fieldPath(), "must be non-empty if specified"));
            }
            if (FieldPath.find(rule.fieldPath(), node).isEmpty()) {
                errors.add(FieldError.invalid(path + ".fieldPath", rule.fieldPath(), "must be a valid path"));
            }
        }
    }

    private void compile(SchemaNode node, String path, boolean resource, Optional<String> loose, long count) {
        CelTypes types = CelTypes.of(node, resource);
        if (types.self().isEmpty()) {
            errors.add(new FieldError(FieldError.Type.INTERNAL, path, null, "failed to retrieve type information for x-kubernetes-validations"));
            return;
        }
        CelEnvironment environment = CelEnvironment.of(types);
        for (int i = 0; i < node.rules().size(); i++) {
            Rule rule = node.rules().get(i);
            String at = path + "[" + i + "]";
            try {
                CelEnvironment.Compiled compiled = environment.rule(rule);
                cost(at + ".rule", "estimated rule cost", CelCost.times(count, CelCost.of(compiled.tree().getExpr(), node)));
                if (compiled.usesOld() && loose.isPresent()) {
                    errors.add(FieldError.invalid(at + ".rule", rule.expression(),
                            "oldSelf cannot be used on the uncorrelatable portion of the schema within " + loose.get()));
                } else if (!compiled.usesOld() && rule.optionalOldSelf()) {
                    errors.add(FieldError.invalid(at + ".optionalOldSelf", true, "may not be set if oldSelf is not used in rule"));
                }
            } catch (IllegalArgumentException e) {
                errors.add(FieldError.invalid(at + ".rule", rule.expression(), e.getMessage()));
            }
            if (!rule.messageExpression().isEmpty()) {
                try {
                    cost(at + ".messageExpression", "estimated messageExpression cost",
                            CelCost.of(environment.message(rule).tree().getExpr(), node));
                } catch (IllegalArgumentException e) {
                    errors.add(FieldError.invalid(at + ".messageExpression", rule.messageExpression(), e.getMessage()));
                }
            }
        }
    }

    private void cost(String path, String what, long cost) {
        total = CelCost.plus(total, cost);
        if (cost > CelCost.PER_RULE) {
            errors.add(FieldError.forbidden(path, tooExpensive(what, cost, CelCost.PER_RULE)));
        }
    }

    private static String tooExpensive(String what, long cost, long limit) {
        double factor = (double) cost / limit;
        String words = factor > 100 ? "more than 100x" : String.format(Locale.ROOT, factor < 1.5 ? "%fx" : "%.1fx", factor);
        return what + " exceeds budget by factor of " + words + ADVICE;
    }
}
