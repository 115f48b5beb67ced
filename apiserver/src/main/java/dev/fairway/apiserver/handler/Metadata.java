package dev.fairway.apiserver.handler;

import dev.fairway.apiserver.registry.NameRule;
import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.schema.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The validation of {@code metadata}, which all kinds share. */
final class Metadata {
    private static final int MAX_ANNOTATIONS_BYTES = 256 << 10;
    private static final String NAME_REGEX = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
    private static final Pattern NAME_PART = Pattern.compile(NAME_REGEX);
    private static final Pattern LABEL_VALUE = Pattern.compile("(" + NAME_REGEX + ")?");
    private static final Set<String> STANDARD_FINALIZERS = Set.of("kubernetes", "orphan", "foregroundDeletion");
    private static final Set<String> IMMUTABLE =
            Set.of("name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds");

    private Metadata() {
    }

    /** What is wrong with a new object's metadata. */
    static List<FieldError> validate(ObjectNode metadata, NameRule rule, boolean anyFinalizer) {
        List<FieldError> errors = new ArrayList<>();
        String generateName = metadata.path("generateName").asString("");
        if (!generateName.isEmpty()) {
            rule.problems(generateName, true).forEach(why ->
                    errors.add(FieldError.invalid("metadata.generateName", generateName, why)));
        }
        String name = metadata.path("name").asString("");
        if (name.isEmpty()) {
            errors.add(FieldError.required("metadata.name", "name or generateName is required"));
        } else {
            rule.problems(name, false).forEach(why -> errors.add(FieldError.invalid("metadata.name", name, why)));
        }
        shared(metadata, anyFinalizer, errors);
        return errors;
    }

    /** What is wrong with a changed object's metadata. */
    static List<FieldError> validateUpdate(ObjectNode metadata, ObjectNode old, boolean anyFinalizer) {
        List<FieldError> errors = new ArrayList<>();
        for (String field : List.of("name", "namespace", "uid", "creationTimestamp")) {
            String value = metadata.path(field).asString("");
            if (!value.equals(old.path(field).asString(""))) {
                errors.add(FieldError.invalid("metadata." + field, value, "field is immutable"));
            }
        }
        if (old.hasNonNull("deletionTimestamp")) {
            Set<String> before = strings(old.path("finalizers"));
            List<String> added = strings(metadata.path("finalizers")).stream().filter(each -> !before.contains(each)).toList();
            if (!added.isEmpty()) {
                errors.add(FieldError.forbidden("metadata.finalizers",
                        "no new finalizers can be added if the object is being deleted, found new finalizers []string{"
                                + String.join(", ", added.stream().map(each -> "\"" + each + "\"").toList()) + "}"));
            }
        }
        shared(metadata, anyFinalizer, errors);
        return errors;
    }

    /** The fields that only the server sets. */
    static Set<String> immutable() {
        return IMMUTABLE;
    }

    private static Set<String> strings(JsonNode list) {
        Set<String> values = new java.util.LinkedHashSet<>();
        list.forEach(each -> values.add(each.asString("")));
        return values;
    }

    private static void shared(ObjectNode metadata, boolean anyFinalizer, List<FieldError> errors) {
        labels(metadata.path("labels"), errors);
        annotations(metadata.path("annotations"), errors);
        owners(metadata.path("ownerReferences"), errors);
        finalizers(metadata.path("finalizers"), anyFinalizer, errors);
    }

    private static void labels(JsonNode labels, List<FieldError> errors) {
        for (Map.Entry<String, JsonNode> label : labels.properties()) {
            qualifiedName("metadata.labels", label.getKey(), errors);
            String value = label.getValue().asString("");
            if (value.length() > 63) {
                errors.add(FieldError.invalid("metadata.labels", value, "must be no more than 63 characters"));
            }
            if (!LABEL_VALUE.matcher(value).matches()) {
                errors.add(FieldError.invalid("metadata.labels", value,
                        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and"
                                + " must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or"
                                + " '12345', regex used for validation is '(" + NAME_REGEX + ")?')"));
            }
        }
    }

    private static void annotations(JsonNode annotations, List<FieldError> errors) {
        long size = 0;
        for (Map.Entry<String, JsonNode> annotation : annotations.properties()) {
            qualifiedName("metadata.annotations", annotation.getKey().toLowerCase(java.util.Locale.ROOT), errors);
            size += annotation.getKey().length() + annotation.getValue().asString("").length();
        }
        if (size > MAX_ANNOTATIONS_BYTES) {
            errors.add(new FieldError(FieldError.Type.TOO_LONG, "metadata.annotations", null,
                    "may not be more than " + MAX_ANNOTATIONS_BYTES + " bytes"));
        }
    }

    private static void owners(JsonNode owners, List<FieldError> errors) {
        int index = 0;
        String controller = "";
        for (JsonNode owner : owners) {
            String path = "metadata.ownerReferences[" + index++ + "]";
            for (String field : List.of("apiVersion", "kind", "name", "uid")) {
                if (owner.path(field).asString("").isEmpty()) {
                    String what = switch (field) {
                        case "apiVersion" -> "version must not be empty";
                        case "kind" -> "must not be empty";
                        case "name" -> "must not be empty";
                        default -> "must not be empty";
                    };
                    errors.add(FieldError.invalid(path + "." + field, "", what));
                }
            }
            if (owner.path("controller").asBoolean(false)) {
                String name = owner.path("kind").asString("") + "/" + owner.path("name").asString("");
                if (controller.isEmpty()) {
                    controller = name;
                } else {
                    errors.add(FieldError.invalid("metadata.ownerReferences", owners, "Only one reference can have Controller"
                            + " set to true. Found \"true\" in references for " + controller + " and " + name));
                }
            }
        }
    }

    /** Whether the finalizers of a resource's objects may be names without a domain: of custom objects and of their definitions. */
    static boolean anyFinalizer(ResourceDefinition resource) {
        return resource.custom() || resource.group().equals("apiextensions.k8s.io");
    }

    /** Of finalizers that custom objects may have but better had not. */
    static List<String> finalizerWarnings(ObjectNode metadata) {
        return strings(metadata.path("finalizers")).stream()
                .filter(name -> !name.contains("/") && !STANDARD_FINALIZERS.contains(name))
                .map(name -> "metadata.finalizers: \"" + name + "\": prefer a domain-qualified finalizer name including a path (/)"
                        + " to avoid accidental conflicts with other finalizer writers")
                .toList();
    }

    /** Takes out owners that are named twice, and returns their UIDs. */
    static List<String> removeDuplicateOwners(ObjectNode metadata) {
        List<String> duplicates = new ArrayList<>(0);
        if (metadata.path("ownerReferences").size() > 1) {
            Set<JsonNode> distinct = new java.util.LinkedHashSet<>();
            for (JsonNode owner : metadata.path("ownerReferences")) {
                if (!distinct.add(owner)) {
                    duplicates.add(owner.path("uid").asString(""));
                }
            }
            metadata.putArray("ownerReferences").addAll(distinct);
        }
        return duplicates;
    }

    private static void finalizers(JsonNode finalizers, boolean anyFinalizer, List<FieldError> errors) {
        boolean orphan = false;
        boolean foreground = false;
        int index = 0;
        for (JsonNode finalizer : finalizers) {
            String name = finalizer.asString("");
            orphan |= name.equals("orphan");
            foreground |= name.equals("foregroundDeletion");
            String path = "metadata.finalizers[" + index++ + "]";
            qualifiedName(path, name, errors);
            if (!anyFinalizer && !name.contains("/") && !STANDARD_FINALIZERS.contains(name)) {
                errors.add(FieldError.invalid(path, name, "name is neither a standard finalizer name nor is it fully qualified"));
            }
        }
        if (orphan && foreground) {
            errors.add(FieldError.invalid("metadata.finalizers", finalizers,
                    "finalizer orphan and foregroundDeletion cannot be both set"));
        }
    }

    private static void qualifiedName(String path, String key, List<FieldError> errors) {
        int slash = key.indexOf('/');
        String name = key.substring(slash + 1);
        if (slash >= 0) {
            String prefix = key.substring(0, slash);
            if (prefix.isEmpty()) {
                errors.add(FieldError.invalid(path, key, "prefix part must be non-empty"));
            } else {
                NameRule.DNS_SUBDOMAIN.problems(prefix, false).forEach(why ->
                        errors.add(FieldError.invalid(path, key, "prefix part " + why)));
            }
        }
        if (name.isEmpty()) {
            errors.add(FieldError.invalid(path, key, "name part must be non-empty"));
        } else if (name.length() > 63) {
            errors.add(FieldError.invalid(path, key, "name part must be no more than 63 characters"));
        }
        if (!NAME_PART.matcher(name).matches()) {
            errors.add(FieldError.invalid(path, key, "name part must consist of alphanumeric characters, '-', '_' or '.',"
                    + " and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or"
                    + " '123-abc', regex used for validation is '" + NAME_REGEX + "')"));
        }
    }
}
