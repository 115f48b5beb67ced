package dev.fairway.apiserver.crd;

import dev.fairway.apiserver.registry.Strategy;
import dev.fairway.apiserver.registry.StrategyContext;
import dev.fairway.apiserver.registry.Subresource;
import dev.fairway.schema.FieldError;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The rules of the kind CustomResourceDefinition itself. */
public final class CrdStrategy implements Strategy {
    /** Holds a definition until its objects are gone. */
    static final String FINALIZER = "customresourcecleanup.apiextensions.k8s.io";

    @Override
    public void prepareForCreate(StrategyContext context, ObjectNode object) {
        defaults(object);
        ObjectNode metadata = (ObjectNode) object.get("metadata");
        ArrayNode finalizers = metadata.get("finalizers") instanceof ArrayNode given ? given : metadata.putArray("finalizers");
        if (finalizers.valueStream().noneMatch(each -> each.asString("").equals(FINALIZER))) {
            finalizers.add(FINALIZER);
        }
        ObjectNode status = object.putObject("status");
        status.putArray("conditions");
        status.putObject("acceptedNames").put("plural", "").put("kind", "");
        ArrayNode stored = status.putArray("storedVersions");
        storageVersion(object).forEach(stored::add);
    }

    @Override
    public void prepareForUpdate(StrategyContext context, ObjectNode object, ObjectNode old) {
        defaults(object);
        if (context.subresource() != Subresource.STATUS) {
            ArrayNode stored = object.withObject("/status").withArray("/storedVersions");
            for (String version : storageVersion(object)) {
                if (stored.valueStream().noneMatch(each -> each.asString("").equals(version))) {
                    stored.add(version);
                }
            }
        }
    }

    private static List<String> storageVersion(ObjectNode object) {
        return object.path("spec").path("versions").valueStream().filter(version -> version.path("storage").asBoolean(false))
                .map(version -> version.path("name").asString("")).toList();
    }

    private static void defaults(ObjectNode object) {
        if (!(object.get("spec") instanceof ObjectNode spec)) {
            return;
        }
        if (spec.get("names") instanceof ObjectNode names) {
            String kind = names.path("kind").asString("");
            if (names.path("singular").asString("").isEmpty()) {
                names.put("singular", kind.toLowerCase(Locale.ROOT));
            }
            if (names.path("listKind").asString("").isEmpty() && !kind.isEmpty()) {
                names.put("listKind", kind + "List");
            }
        }
        if (!spec.has("conversion")) {
            spec.putObject("conversion").put("strategy", "None");
        }
    }

    @Override
    public List<FieldError> validateCreate(StrategyContext context, ObjectNode object) {
        return CrdValidation.validate(object);
    }

    @Override
    public List<FieldError> validateUpdate(StrategyContext context, ObjectNode object, ObjectNode old) {
        List<FieldError> errors = new ArrayList<>(CrdValidation.validate(object));
        JsonNode spec = object.path("spec");
        JsonNode before = old.path("spec");
        immutable("spec.group", spec.path("group"), before.path("group"), errors);
        immutable("spec.names.plural", spec.path("names").path("plural"), before.path("names").path("plural"), errors);
        if (Conditions.isTrue(old, "Established")) {
            immutable("spec.scope", spec.path("scope"), before.path("scope"), errors);
            immutable("spec.names.kind", spec.path("names").path("kind"), before.path("names").path("kind"), errors);
        }
        Set<String> names = new HashSet<>();
        spec.path("versions").forEach(version -> names.add(version.path("name").asString("")));
        int index = 0;
        for (JsonNode stored : object.path("status").path("storedVersions")) {
            if (!names.contains(stored.asString(""))) {
                errors.add(FieldError.invalid("status.storedVersions[" + index + "]", stored.asString(""),
                        "missing from spec.versions; " + stored.asString("") + " was previously a storage version, and must"
                                + " remain in spec.versions until a storage migration ensures no data remains persisted in "
                                + stored.asString("") + " and removes " + stored.asString("") + " from status.storedVersions"));
            }
            index++;
        }
        return errors;
    }

    private static void immutable(String path, JsonNode now, JsonNode before, List<FieldError> errors) {
        if (!now.equals(before)) {
            errors.add(FieldError.invalid(path, now.asString(""), "field is immutable"));
        }
    }
}
