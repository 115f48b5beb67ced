package dev.fairway.apiserver.errors;

import dev.fairway.kube.Json;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A request that cannot be served: carries what the {@code Status} answer says. */
public final class StatusException extends RuntimeException {
    private final int code;
    private final String reason;
    private final transient Details details;
    private final String continueToken;

    StatusException(int code, String reason, String message, Details details) {
        this(code, reason, message, details, "");
    }

    StatusException(int code, String reason, String message, Details details, String continueToken) {
        super(message, null, false, false);
        this.continueToken = continueToken;
        this.code = code;
        this.reason = reason;
        this.details = details;
    }

    /** The HTTP status. */
    public int code() {
        return code;
    }

    /** The machine-readable reason, such as {@code NotFound}; may be empty. */
    public String reason() {
        return reason;
    }

    /** Which object, and why in detail; null where there is nothing to say. */
    public Details details() {
        return details;
    }

    /** The {@code Status} object. */
    public ObjectNode toStatus() {
        ObjectNode status = Json.object();
        status.put("kind", "Status").put("apiVersion", "v1");
        ObjectNode metadata = status.putObject("metadata");
        if (!continueToken.isEmpty()) {
            metadata.put("continue", continueToken);
        }
        status.put("status", "Failure").put("message", getMessage());
        if (!reason.isEmpty()) {
            status.put("reason", reason);
        }
        if (details != null) {
            status.set("details", details.toJson());
        }
        status.put("code", code);
        return status;
    }

    /**
     * What the error is about.
     *
     * @param name              the object's name, or empty
     * @param group             the API group, or empty
     * @param kind              the kind or, for most reasons, the plural; or empty
     * @param uid               the object's UID, or empty
     * @param causes            the single mistakes
     * @param retryAfterSeconds when to try again; 0 for no advice
     */
    public record Details(String name, String group, String kind, String uid, List<Cause> causes,
                          int retryAfterSeconds) {

        public Details {
            causes = List.copyOf(causes);
        }

        private ObjectNode toJson() {
            ObjectNode json = Json.object();
            putUnlessEmpty(json, "name", name);
            putUnlessEmpty(json, "group", group);
            putUnlessEmpty(json, "kind", kind);
            putUnlessEmpty(json, "uid", uid);
            if (!causes.isEmpty()) {
                ArrayNode list = json.putArray("causes");
                for (Cause cause : causes) {
                    ObjectNode item = list.addObject();
                    putUnlessEmpty(item, "reason", cause.reason());
                    putUnlessEmpty(item, "message", cause.message());
                    putUnlessEmpty(item, "field", cause.field());
                }
            }
            if (retryAfterSeconds > 0) {
                json.put("retryAfterSeconds", retryAfterSeconds);
            }
            return json;
        }

        private static void putUnlessEmpty(ObjectNode json, String field, String value) {
            if (!value.isEmpty()) {
                json.put(field, value);
            }
        }
    }

    /**
     * One mistake.
     *
     * @param reason  such as {@code FieldValueInvalid}
     * @param message what is wrong
     * @param field   the path of the field
     */
    public record Cause(String reason, String message, String field) {
    }
}
