package dev.fairway.apiserver.encode;

import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.request.Request;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Request bodies as JSON trees. */
public final class Bodies {
    private static final int SUMMARY_BYTES = 30;

    /**
     * A decoded body.
     *
     * @param duplicates a text for each field that stood twice, of which the last counts
     */
    public record Body(ObjectNode object, List<String> duplicates) {
    }

    private Bodies() {
    }

    /**
     * The one object of a body, by its Content-Type; JSON where none is given.
     *
     * @param kind what the object must be, for the error's words
     * @throws dev.fairway.apiserver.errors.StatusException 415 for an unknown type, 400 for a body that does not parse
     */
    public static Body read(Request request, ProtobufCodec protobuf, String kind) {
        String header = request.header("content-type");
        Format format = header.isBlank() ? Format.JSON : Format.of(MediaRange.parse(header).type());
        if (format == null) {
            throw Errors.unsupportedMediaType(Format.mediaTypes());
        }
        byte[] body = request.body();
        try {
            return switch (format) {
                case JSON -> {
                    JsonReader reader = new JsonReader();
                    yield new Body(requireObject(reader.read(body)), reader.duplicates());
                }
                case YAML -> {
                    YamlReader reader = new YamlReader();
                    yield new Body(requireObject(reader.read(body)), reader.duplicates());
                }
                case PROTOBUF -> new Body(protobuf.decode(body), List.of());
            };
        } catch (JacksonException e) {
            throw unrecognized(kind, "couldn't get version/kind; json parse error: " + problem(e), body);
        } catch (YamlEngineException e) {
            throw unrecognized(kind, "couldn't get version/kind; json parse error: error converting YAML to JSON: yaml: " + e.getMessage(), body);
        } catch (IllegalArgumentException e) {
            throw unrecognized(kind, e.getMessage(), body);
        } catch (UnsupportedOperationException e) {
            throw Errors.unsupportedMediaType(Format.mediaTypes().subList(0, 2));
        }
    }

    private static RuntimeException unrecognized(String kind, String why, byte[] body) {
        byte[] start = Arrays.copyOf(body, Math.min(body.length, SUMMARY_BYTES));
        String summary = body.length == 0 ? "<empty>"
                : (body[0] == '{' ? new String(start, StandardCharsets.UTF_8) : HexFormat.of().formatHex(start))
                + (body.length > SUMMARY_BYTES ? " ..." : "");
        return Errors.badRequest("the object provided is unrecognized (must be of type " + kind + "): " + why + " (" + summary + ")");
    }

    private static String problem(JacksonException e) {
        return e instanceof UnexpectedEndOfInputException ? "unexpected end of JSON input" : e.getOriginalMessage();
    }

    /**
     * A patch that is one JSON object.
     *
     * @throws dev.fairway.apiserver.errors.StatusException 400
     */
    public static Body json(byte[] bytes) {
        JsonReader reader = new JsonReader();
        JsonNode node = jsonValue(reader, bytes);
        if (node instanceof ObjectNode object) {
            return new Body(object, reader.duplicates());
        }
        throw Errors.badRequest("error decoding patch: the patch is not a JSON object");
    }

    /**
     * A patch that is any JSON value.
     *
     * @throws dev.fairway.apiserver.errors.StatusException 400
     */
    public static JsonNode jsonValue(byte[] bytes) {
        return jsonValue(new JsonReader(), bytes);
    }

    private static JsonNode jsonValue(JsonReader reader, byte[] bytes) {
        try {
            return reader.read(bytes);
        } catch (JacksonException e) {
            throw Errors.badRequest("error decoding patch: " + problem(e));
        }
    }

    /**
     * A patch that is one YAML (or JSON) object.
     *
     * @throws dev.fairway.apiserver.errors.StatusException 400
     */
    public static Body yaml(byte[] bytes) {
        try {
            YamlReader reader = new YamlReader();
            return new Body(requireObject(reader.read(bytes)), reader.duplicates());
        } catch (YamlEngineException | IllegalArgumentException e) {
            throw Errors.badRequest("error decoding YAML: " + e.getMessage());
        }
    }

    private static ObjectNode requireObject(JsonNode node) {
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw new IllegalArgumentException("couldn't get version/kind; json parse error: the body is not an object");
    }
}
