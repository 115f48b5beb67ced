package dev.fairway.apiserver.encode;

import dev.fairway.apiserver.errors.StatusException;
import dev.fairway.apiserver.request.Request;
import dev.fairway.apiserver.request.Response;
import dev.fairway.kube.Json;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Answers that are no stored objects: plain JSON or YAML, and text. */
public final class Simple {
    private Simple() {
    }

    /** A tree in the format that the client accepts. */
    public static Response answer(Request request, int status, ObjectNode body) {
        Accepted accepted = Accepted.of(request, false, false);
        return switch (accepted.format()) {
            case YAML -> new Response.Whole(status, Format.YAML.mediaType(), Yaml.write(body));
            case JSON, PROTOBUF -> new Response.Whole(status, Format.JSON.mediaType(), accepted.pretty()
                    ? Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(body) : Json.bytes((JsonNode) body));
        };
    }

    /** An error as a Status, in the format that the client accepts first; in JSON where it accepts none. */
    public static Response error(Request request, StatusException error, ProtobufCodec protobuf) {
        ObjectNode status = error.toStatus();
        Map<String, List<String>> headers = error.details() != null && error.details().retryAfterSeconds() > 0
                ? Map.of("Retry-After", List.of(Integer.toString(error.details().retryAfterSeconds()))) : Map.of();
        Accepted accepted;
        try {
            accepted = Accepted.of(request, true, protobuf.supports("v1", "Status"));
        } catch (StatusException e) {
            accepted = Accepted.JSON;
        }
        byte[] body = switch (accepted.format()) {
            case PROTOBUF -> protobuf.encode(status);
            case YAML -> Yaml.write(status);
            case JSON -> accepted.pretty() ? Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(status)
                    : Json.bytes((JsonNode) status);
        };
        return new Response.Whole(error.code(), accepted.format().mediaType(), headers, List.of(body));
    }

    /** A body with an ETag; 304 without it when the client has it already. */
    public static Response.Whole cacheable(Request request, String contentType, byte[] body) {
        CRC32C crc = new CRC32C();
        crc.update(body);
        String tag = "\"" + HexFormat.of().toHexDigits(crc.getValue()) + HexFormat.of().toHexDigits(body.length) + "\"";
        Map<String, List<String>> headers = Map.of("ETag", List.of(tag), "Vary", List.of("Accept"));
        return request.header("if-none-match").equals(tag)
                ? new Response.Whole(304, contentType, headers, List.of())
                : new Response.Whole(200, contentType, headers, List.of(body));
    }
}
