package dev.fairway.apiserver.crd;

import dev.fairway.apiserver.crd.cel.CelCheck;
import dev.fairway.apiserver.crd.cel.CelUrl;
import dev.fairway.apiserver.crd.schema.FieldPath;
import dev.fairway.apiserver.crd.schema.SchemaNode;
import dev.fairway.apiserver.crd.schema.SchemaRules;
import dev.fairway.apiserver.crd.schema.StructuralCheck;
import dev.fairway.apiserver.kinds.Check;
import dev.fairway.schema.FieldError;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The field rules of CustomResourceDefinitions. */
final class CrdValidation {
    private static final int MOST_SELECTABLE = 8;
    private static final int LONGEST_WARNING = 256;
    private static final Set<String> AT_ROOT_WITH_STATUS = Set.of("description", "type", "format", "title", "maximum",
            "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength", "minLength", "pattern", "maxItems", "minItems",
            "uniqueItems", "multipleOf", "required", "items", "properties", "externalDocs", "example",
            "x-kubernetes-preserve-unknown-fields", "x-kubernetes-validations");
    private static final List<String> COLUMN_TYPES = List.of("boolean", "date", "integer", "number", "string");
    private static final List<String> COLUMN_FORMATS = List.of("byte", "date", "date-time", "double", "float", "int32", "int64", "password");

    private final Check check = new Check();

    private CrdValidation() {
    }

    /** What is wrong with a definition by itself. */
    static List<FieldError> validate(ObjectNode definition) {
        CrdValidation validation = new CrdValidation();
        validation.all(definition);
        return validation.check.errors();
    }

    private void all(ObjectNode definition) {
        JsonNode spec = definition.path("spec");
        JsonNode names = spec.path("names");
        String group = spec.path("group").asString("");
        String wanted = names.path("plural").asString("") + "." + group;
        String name = definition.path("metadata").path("name").asString("");
        if (!name.equals(wanted)) {
            check.invalid("metadata.name", name, "must be spec.names.plural+\".\"+spec.group");
        }
        if (group.isEmpty()) {
            check.required("spec.group");
        } else {
            int before = check.errors().size();
            check.dnsSubdomain("spec.group", group);
            if (check.errors().size() == before && !group.contains(".")) {
                check.invalid("spec.group", group, "should be a domain with at least one dot");
            }
        }
        check.oneOf("spec.scope", spec.path("scope").asString(""), List.of("Cluster", "Namespaced"));
        versions(spec.path("versions"));
        for (String each : List.of("plural", "singular", "kind", "listKind")) {
            if (names.path(each).asString("").isEmpty()) {
                check.required("spec.names." + each);
            }
        }
        names(names, "spec.names");
        conversion(spec.path("conversion"));
        approval(definition, group);
    }

    private void names(JsonNode names, String path) {
        for (String each : List.of("plural", "singular")) {
            label(path + "." + each, names.path(each).asString(""));
        }
        for (String each : List.of("kind", "listKind")) {
            String name = names.path(each).asString("");
            Check inner = new Check();
            inner.dns1035Label("", name.toLowerCase(Locale.ROOT));
            if (!name.isEmpty()) {
                inner.errors().forEach(error -> check.invalid(path + "." + each, name,
                        "may have mixed case, but should otherwise match: " + error.detail()));
            }
        }
        for (String each : List.of("shortNames", "categories")) {
            for (int i = 0; i < names.path(each).size(); i++) {
                check.dns1035Label(path + "." + each + "[" + i + "]", names.path(each).get(i).asString(""));
            }
        }
        String kind = names.path("kind").asString("");
        if (!kind.isEmpty() && kind.equals(names.path("listKind").asString(""))) {
            check.invalid(path + ".listKind", kind, "kind and listKind may not be the same");
        }
    }

    private void label(String path, String value) {
        if (!value.isEmpty()) {
            check.dns1035Label(path, value);
        }
    }

    private void conversion(JsonNode conversion) {
        String strategy = conversion.path("strategy").asString("None");
        if (!strategy.equals("None")) {
            check.add(FieldError.notSupported("spec.conversion.strategy", strategy, List.of("None")));
        }
        if (conversion.hasNonNull("webhook")) {
            check.forbidden("spec.conversion.webhook", "should not be set when strategy is not set to Webhook");
        }
    }

    /** Names below {@code k8s.io} are Kubernetes' own. */
    private void approval(ObjectNode definition, String group) {
        boolean own = group.equals("k8s.io") || group.endsWith(".k8s.io") || group.equals("kubernetes.io") || group.endsWith(".kubernetes.io");
        String at = "metadata.annotations[api-approved.kubernetes.io]";
        String approved = definition.path("metadata").path("annotations").path("api-approved.kubernetes.io").asString("");
        if (own && approved.isEmpty()) {
            check.required(at, "protected groups must have approval annotation \"api-approved.kubernetes.io\","
                    + " see https://github.com/kubernetes/enhancements/pull/1111");
        } else if (own && !approved.startsWith("unapproved") && !CelUrl.isUrl(approved)) {
            check.invalid(at, approved, "protected groups must have approval annotation \"api-approved.kubernetes.io\" with"
                    + " either a URL or a reason starting with \"unapproved\", see https://github.com/kubernetes/enhancements/pull/1111");
        }
    }

    private void versions(JsonNode versions) {
        int storage = 0;
        Set<String> seen = new HashSet<>();
        boolean unique = true;
        for (int i = 0; i < versions.size(); i++) {
            JsonNode version = versions.get(i);
            String path = "spec.versions[" + i + "]";
            String name = version.path("name").asString("");
            unique &= seen.add(name);
            check.dns1035Label(path + ".name", name);
            storage += version.path("storage").asBoolean(false) ? 1 : 0;
            version(version, path);
        }
        if (!unique) {
            check.invalid("spec.versions", versions, "must contain unique version names");
        }
        if (storage != 1) {
            check.invalid("spec.versions", versions, "must have exactly one version marked as storage version");
        }
    }

    private void version(JsonNode version, String path) {
        JsonNode warning = version.path("deprecationWarning");
        if (warning.isString()) {
            if (!version.path("deprecated").asBoolean(false)) {
                check.invalid(path + ".deprecationWarning", warning.stringValue(), "can only be set for deprecated versions");
            } else if (warning.stringValue().isEmpty()) {
                check.invalid(path + ".deprecationWarning", "", "must not be an empty string");
            } else if (warning.stringValue().length() > LONGEST_WARNING) {
                check.invalid(path + ".deprecationWarning", warning.stringValue(), "must be <= " + LONGEST_WARNING + " characters long");
            } else if (warning.stringValue().codePoints().anyMatch(Character::isISOControl)) {
                check.invalid(path + ".deprecationWarning", warning.stringValue(), "must only contain printable UTF-8 characters");
            }
        }
        schema(version, path);
        scale(version.path("subresources").path("scale"), path + ".subresources.scale");
        for (int i = 0; i < version.path("additionalPrinterColumns").size(); i++) {
            column(version.path("additionalPrinterColumns").get(i), path + ".additionalPrinterColumns[" + i + "]");
        }
    }

    private void schema(JsonNode version, String path) {
        JsonNode schema = version.path("schema").path("openAPIV3Schema");
        String at = path + ".schema.openAPIV3Schema";
        if (!schema.isObject()) {
            check.required(at);
            return;
        }
        if (version.path("subresources").hasNonNull("status")) {
            Set<String> others = new TreeSet<>(schema.propertyNames());
            others.removeAll(AT_ROOT_WITH_STATUS);
            others.remove("nullable");
            if (!others.isEmpty()) {
                check.invalid(at, schema, "only " + new TreeSet<>(AT_ROOT_WITH_STATUS)
                        + " fields are allowed at the root of the schema if the status subresource is enabled");
            }
        }
        if (schema.path("nullable").asBoolean(false)) {
            check.forbidden(at + ".nullable", "nullable cannot be true at the root");
        }
        List<FieldError> errors = new ArrayList<>();
        StructuralCheck.check(schema, at, errors);
        SchemaRules.check(schema, at, errors);
        if (errors.isEmpty()) {
            SchemaNode parsed = SchemaNode.parse(schema);
            DefaultsCheck.check(parsed, at, errors);
            if (errors.isEmpty()) {
                CelCheck.check(parsed, at, errors);
            }
            selectable(version.path("selectableFields"), parsed, path + ".selectableFields");
        }
        check.addAll(errors);
    }

    private void selectable(JsonNode fields, SchemaNode schema, String path) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < fields.size(); i++) {
            String at = path + "[" + i + "].jsonPath";
            String text = fields.get(i).path("jsonPath").asString("");
            if (text.isEmpty()) {
                check.required(at);
                continue;
            }
            var found = text.contains("[") ? java.util.Optional.<SchemaNode>empty() : FieldPath.find(text, schema);
            if (found.isEmpty()) {
                check.invalid(at, text, "is an invalid path: does not refer to a valid field");
                continue;
            }
            if (text.startsWith(".metadata.")) {
                check.invalid(at, text, "must not point to fields in metadata");
            }
            if (!List.of("string", "boolean", "integer").contains(found.get().type())) {
                check.invalid(at, text, "must point to a field of type string, boolean or integer. Enum string fields and"
                        + " strings with formats are allowed.");
            }
            if (!seen.add(text)) {
                check.add(FieldError.duplicate(at, text));
            }
        }
        if (seen.size() > MOST_SELECTABLE) {
            check.add(new FieldError(FieldError.Type.TOO_MANY, path, seen.size(), "must have at most " + MOST_SELECTABLE + " items"));
        }
    }

    private void scale(JsonNode scale, String path) {
        if (!scale.isObject()) {
            return;
        }
        path(scale, "specReplicasPath", path, List.of(".spec."), ".spec");
        path(scale, "statusReplicasPath", path, List.of(".status."), ".status");
        if (!scale.path("labelSelectorPath").asString("").isEmpty()) {
            path(scale, "labelSelectorPath", path, List.of(".spec.", ".status."), "either .spec or .status");
        }
    }

    private void path(JsonNode scale, String field, String path, List<String> below, String where) {
        String text = scale.path(field).asString("");
        if (text.isEmpty()) {
            check.required(path + "." + field);
        } else if (!text.startsWith(".")) {
            check.invalid(path + "." + field, text, "must be a simple json path starting with .");
        } else if (below.stream().noneMatch(text::startsWith)) {
            check.invalid(path + "." + field, text, "should be a json path under " + where);
        }
    }

    private void column(JsonNode column, String path) {
        String type = column.path("type").asString("");
        String types = "must be one of " + String.join(",", COLUMN_TYPES);
        String format = column.path("format").asString("");
        String jsonPath = column.path("jsonPath").asString("");
        if (column.path("name").asString("").isEmpty()) {
            check.required(path + ".name");
        }
        if (type.isEmpty()) {
            check.required(path + ".type", types);
        } else if (!COLUMN_TYPES.contains(type)) {
            check.invalid(path + ".type", type, types);
        }
        if (!format.isEmpty() && !COLUMN_FORMATS.contains(format)) {
            check.invalid(path + ".format", format, "must be one of " + String.join(",", COLUMN_FORMATS));
        }
        if (jsonPath.isEmpty()) {
            check.required(path + ".jsonPath");
        } else if (!jsonPath.startsWith(".")) {
            check.invalid(path + ".jsonPath", jsonPath, "must be a simple json path starting with .");
        } else {
            try {
                JsonPath.parse(jsonPath);
            } catch (IllegalArgumentException e) {
                check.invalid(path + ".jsonPath", jsonPath, e.getMessage());
            }
        }
    }
}
