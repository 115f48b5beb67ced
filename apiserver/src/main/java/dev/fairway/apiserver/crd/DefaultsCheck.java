package dev.fairway.apiserver.crd;

import dev.fairway.apiserver.crd.cel.CelRules;
import dev.fairway.apiserver.crd.schema.Pruning;
import dev.fairway.apiserver.crd.schema.SchemaNode;
import dev.fairway.apiserver.crd.schema.SchemaValidation;
import dev.fairway.schema.FieldError;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Whether the defaults of a schema satisfy it: known fields only, of the right types, within the rules. */
final class DefaultsCheck {
    private DefaultsCheck() {
    }

    /** Adds what is wrong with the defaults at and below a node. */
    static void check(SchemaNode node, String path, List<FieldError> errors) {
        node.defaultValue().ifPresent(value -> value(node, value, path + ".default", errors));
        node.items().ifPresent(items -> check(items, path + ".items", errors));
        node.properties().forEach((name, child) -> check(child, path + ".properties[" + name + "]", errors));
    }

    private static void value(SchemaNode node, JsonNode value, String path, List<FieldError> errors) {
        JsonNode pruned = value.deepCopy();
        Pruning.pruneValue(pruned, node);
        if (!pruned.equals(value)) {
            errors.add(FieldError.invalid(path, value, "must not have unknown fields"));
        }
        // Defaults within the default count, as they will when it is filled in.
        Pruning.defaults(pruned, node);
        List<FieldError> found = SchemaValidation.validate(pruned, null, node, path);
        errors.addAll(found);
        if (found.isEmpty()) {
            CelRules.ofValue(node).ifPresent(rules -> errors.addAll(rules.validateValue(pruned, null, path)));
        }
    }
}
