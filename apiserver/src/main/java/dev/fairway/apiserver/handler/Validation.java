package dev.fairway.apiserver.handler;

import dev.fairway.apiserver.encode.Conversions;
import dev.fairway.apiserver.registry.ObjectSchema;
import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.schema.FieldError;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** What a kind's schema says about an object. */
final class Validation {
    private Validation() {
    }

    /** Validates a tree in the stored version against the schema of the request's version. */
    static List<FieldError> schema(Scope scope, ObjectNode object, ObjectNode old) {
        ResourceDefinition resource = scope.resource();
        ObjectSchema schema = resource.schemas().apply(scope.version());
        String wanted = resource.apiVersion(scope.version());
        if (object.path("apiVersion").asString("").equals(wanted)) {
            return schema.validate(object, old);
        }
        return schema.validate(Conversions.convert(object.deepCopy(), resource, scope.version()),
                old == null ? null : Conversions.convert(old.deepCopy(), resource, scope.version()));
    }
}
