package dev.fairway.kube.client;

import dev.fairway.kube.Json;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** An API server's refusal, from its {@code Status} object; code 0 means that no server answered. */
public final class ApiException extends RuntimeException {
    private final int code;
    private final String reason;

    public ApiException(int code, String reason, String message) {
        super(message);
        this.code = code;
        this.reason = reason;
    }

    public ApiException(String message, Throwable cause) {
        super(message, cause);
        this.code = 0;
        this.reason = "";
    }

    /** Reads a {@code Status} body; a body that is none is quoted in part. */
    public static ApiException of(int code, byte[] body) {
        try {
            return ofStatus(code, Json.parseObject(body));
        } catch (JacksonException e) {
            String text = new String(body, 0, Math.min(body.length, 200), java.nio.charset.StandardCharsets.UTF_8);
            return new ApiException(code, "", "HTTP " + code + ": " + text);
        }
    }

    public static ApiException ofStatus(int code, JsonNode status) {
        return new ApiException(
                status.path("code").asInt(code),
                status.path("reason").asString(""),
                status.path("message").asString("HTTP " + code));
    }

    public int code() {
        return code;
    }

    /** The machine-readable reason, such as {@code NotFound} or {@code AlreadyExists}. */
    public String reason() {
        return reason;
    }

    public boolean notFound() {
        return code == 404;
    }

    /** Someone wrote in between: read again and retry. */
    public boolean conflict() {
        return code == 409 && reason.equals("Conflict");
    }

    public boolean alreadyExists() {
        return code == 409 && reason.equals("AlreadyExists");
    }

    /** The asked-for resource version has been compacted: list again. */
    public boolean gone() {
        return code == 410;
    }
}
