package dev.fairway.apiserver.handler;

import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.registry.Verb;
import dev.fairway.apiserver.request.Request;
import dev.fairway.schema.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The query options of writes, checked as {@code metav1}'s CreateOptions, UpdateOptions, PatchOptions and DeleteOptions. */
final class WriteOptions {
    private static final Set<String> FIELD_VALIDATIONS = Set.of("", "Ignore", "Warn", "Strict");
    private static final int MAX_MANAGER = 128;

    private WriteOptions() {
    }

    /**
     * Checks the options of a request, and tells whether it is a dry run.
     *
     * @throws dev.fairway.apiserver.errors.StatusException 422
     */
    static boolean dryRun(Request request, Verb verb) {
        return switch (verb) {
            case GET, LIST, WATCH -> false;
            case CREATE -> check(request, "CreateOptions", List.of());
            case UPDATE -> check(request, "UpdateOptions", List.of());
            case PATCH -> check(request, "PatchOptions", patch(request));
            case DELETE, DELETECOLLECTION -> {
                List<String> values = request.query().getOrDefault("dryRun", List.of());
                refuse("DeleteOptions", dryRun(values));
                yield !values.isEmpty();
            }
        };
    }

    private static boolean check(Request request, String kind, List<FieldError> before) {
        List<FieldError> errors = new ArrayList<>(before);
        errors.addAll(manager(request.query("fieldManager"), "fieldManager"));
        List<String> values = request.query().getOrDefault("dryRun", List.of());
        errors.addAll(dryRun(values));
        String validation = request.query("fieldValidation");
        if (!FIELD_VALIDATIONS.contains(validation)) {
            errors.add(FieldError.notSupported("fieldValidation", validation, FIELD_VALIDATIONS));
        }
        refuse(kind, errors);
        return !values.isEmpty();
    }

    private static List<FieldError> patch(Request request) {
        if (PatchRequest.isApply(request)) {
            return request.query("fieldManager").isEmpty()
                    ? List.of(FieldError.required("fieldManager", "is required for apply patch")) : List.of();
        }
        return request.query().containsKey("force")
                ? List.of(FieldError.forbidden("force", "may not be specified for non-apply patch")) : List.of();
    }

    /** What is wrong with the values of a dryRun option. */
    static List<FieldError> dryRun(List<String> values) {
        if (values.stream().allMatch("All"::equals)) {
            return List.of();
        }
        String shown = values.stream().map(each -> "\"" + each + "\"").collect(Collectors.joining(",", "[", "]"));
        return List.of(FieldError.notSupported("dryRun", new StringBuilder(shown), List.of("All")));
    }

    /** What is wrong with a field manager's name. */
    static List<FieldError> manager(String name, String field) {
        List<FieldError> errors = new ArrayList<>(0);
        if (name.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > MAX_MANAGER) {
            errors.add(new FieldError(FieldError.Type.TOO_LONG, field, null, "may not be more than " + MAX_MANAGER + " bytes"));
        }
        for (int at = 0; at < name.length(); at = name.offsetByCodePoints(at, 1)) {
            int character = name.codePointAt(at);
            if (!printable(character)) {
                errors.add(FieldError.invalid(field, name, String.format("invalid character U+%04X (at position %d)", character, at)));
            }
        }
        return errors;
    }

    /** Whether Go's {@code unicode.IsPrint} holds: letters, marks, numbers, punctuation, symbols and the space. */
    static boolean printable(int character) {
        return character == ' ' || switch (Character.getType(character)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED,
                    Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SPACE_SEPARATOR -> false;
            default -> true;
        };
    }

    static void refuse(String kind, List<FieldError> errors) {
        if (!errors.isEmpty()) {
            throw Errors.invalid("meta.k8s.io", kind, "", errors);
        }
    }
}
