package dev.fairway.apiserver.handler;

import dev.fairway.apiserver.errors.Errors;
import dev.fairway.kube.Json;
import java.util.Base64;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Where the next page of a list starts.
 *
 * @param revision the snapshot; -1 for whatever is newest (after the snapshot was compacted)
 * @param start    the first key, relative to the list's prefix
 */
record ContinueToken(long revision, String start) {
    private static final String VERSION = "meta.k8s.io/v1";

    String encode() {
        ObjectNode json = Json.object().put("v", VERSION).put("rv", revision).put("start", start);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Json.bytes((JsonNode) json));
    }

    /**
     * Reads a token that a client gave back.
     *
     * @throws dev.fairway.apiserver.errors.StatusException 400 when it is not one of ours
     */
    static ContinueToken decode(String token) {
        ObjectNode json;
        try {
            json = Json.parseObject(Base64.getUrlDecoder().decode(token));
        } catch (IllegalArgumentException | JacksonException e) {
            throw invalid("continue key is not valid: illegal base64 data or JSON");
        }
        String start = json.path("start").asString("");
        JsonNode revision = json.path("rv");
        boolean known = json.path("v").asString("").equals(VERSION);
        if (!known) {
            throw invalid("continue key is not valid: server does not recognize this encoded version");
        }
        if (start.isEmpty() || start.contains("..") || start.startsWith("/") || !revision.canConvertToLong()
                || !revision.isIntegralNumber() || revision.asLong() == 0 || revision.asLong() < -1) {
            throw invalid("continue key is not valid: incorrect encoded start resourceVersion or start key");
        }
        return new ContinueToken(revision.asLong(), start);
    }

    private static RuntimeException invalid(String why) {
        return Errors.badRequest("invalid continue token: " + why);
    }
}
