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
        return validate(object);
    }

    @Override
    public List<FieldError> validateUpdate(StrategyContext context, ObjectNode object, ObjectNode old) {
        List<FieldError> errors = new ArrayList<>(validate(object));
        JsonNode spec = object.path("spec");
        JsonNode before = old.path("spec");
        immutable("spec.group", spec.path("group"), before.path("group"), errors);
        immutable("spec.names.plural", spec.path("names").path("plural"), before.path("names").path("plural"), errors);
        immutable("spec.scope", spec.path("scope"), before.path("scope"), errors);
        immutable("spec.names.kind", spec.path("names").path("kind"), before.path("names").path("kind"), errors);
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

    private static List<FieldError> validate(ObjectNode object) {
        List<FieldError> errors = new ArrayList<>();
        JsonNode spec = object.path("spec");
        JsonNode names = spec.path("names");
        String group = spec.path("group").asString("");
        String plural = names.path("plural").asString("");
        String name = object.path("metadata").path("name").asString("");
        if (!name.equals(plural + "." + group)) {
            errors.add(FieldError.invalid("metadata.name", name, "must be spec.names.plural+\".\"+spec.group"));
        }
        required("spec.group", group, errors);
        required("spec.names.plural", plural, errors);
        required("spec.names.kind", names.path("kind").asString(""), errors);
        if (!group.isEmpty() && !group.contains(".")) {
            errors.add(FieldError.invalid("spec.group", group, "should be a domain with at least one dot"));
        }
        String scope = spec.path("scope").asString("");
        if (scope.isEmpty()) {
            errors.add(FieldError.required("spec.scope", ""));
        } else if (!scope.equals("Namespaced") && !scope.equals("Cluster")) {
            errors.add(FieldError.notSupported("spec.scope", scope, List.of("Cluster", "Namespaced")));
        }
        versions(spec.path("versions"), errors);
        String conversion = spec.path("conversion").path("strategy").asString("None");
        if (!conversion.equals("None")) {
            errors.add(FieldError.notSupported("spec.conversion.strategy", conversion, List.of("None")));
        }
        return errors;
    }

    private static void required(String path, String value, List<FieldError> errors) {
        if (value.isEmpty()) {
            errors.add(FieldError.required(path, ""));
        }
    }

    private static void versions(JsonNode versions, List<FieldError> errors) {
        int storage = 0;
        int index = 0;
        Set<String> seen = new HashSet<>();
        for (JsonNode version : versions) {
            String path = "spec.versions[" + index++ + "]";
            String name = version.path("name").asString("");
            if (!seen.add(name)) {
                errors.add(FieldError.invalid("spec.versions", versions, "must contain unique version names"));
            }
            required(path + ".name", name, errors);
            storage += version.path("storage").asBoolean(false) ? 1 : 0;
            schema(version, path, errors);
        }
        if (storage != 1) {
            errors.add(FieldError.invalid("spec.versions", versions, "must have exactly one version marked as storage version"));
        }
    }

    private static void schema(JsonNode version, String path, List<FieldError> errors) {
        JsonNode schema = version.path("schema").path("openAPIV3Schema");
        String at = path + ".schema.openAPIV3Schema";
        if (!schema.isObject()) {
            errors.add(FieldError.required(at, "schemas are required"));
            return;
        }
        StructuralCheck.check(schema, at, errors);
        try {
            SchemaNode parsed = SchemaNode.parse(schema, at);
            errors.addAll(CelRules.compileErrors(parsed, at));
            new CustomPrinter(version.path("additionalPrinterColumns"));
        } catch (IllegalArgumentException e) {
            errors.add(FieldError.invalid(at, "", e.getMessage()));
        }
    }
}
