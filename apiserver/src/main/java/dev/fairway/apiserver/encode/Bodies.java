package dev.fairway.apiserver.encode;

import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.request.Request;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Request bodies as JSON trees. */
public final class Bodies {
    /**
     * A decoded body.
     *
     * @param duplicates the paths of fields that stood twice, of which the last counts
     */
    public record Body(ObjectNode object, List<String> duplicates) {
    }

    private Bodies() {
    }

    /**
     * The one object of a body, by its Content-Type; JSON where none is given.
     *
     * @throws dev.fairway.apiserver.errors.StatusException 415 for an unknown type, 400 for a body that does not parse
     */
    public static Body read(Request request, ProtobufCodec protobuf) {
        String header = request.header("content-type");
        Format format = header.isBlank() ? Format.JSON : Format.of(MediaRange.parse(header).type());
        if (format == null) {
            throw Errors.unsupportedMediaType(Format.mediaTypes());
        }
        if (request.body().length == 0) {
            throw Errors.badRequest("the request body is empty");
        }
        return switch (format) {
            case JSON -> json(request.body());
            case YAML -> new Body(requireObject(parseYaml(request.body())), List.of());
            case PROTOBUF -> {
                try {
                    yield new Body(protobuf.decode(request.body()), List.of());
                } catch (IllegalArgumentException e) {
                    throw Errors.badRequest("couldn't decode protobuf: " + e.getMessage());
                } catch (UnsupportedOperationException e) {
                    throw Errors.unsupportedMediaType(Format.mediaTypes().subList(0, 2));
                }
            }
        };
    }

    /** A body that is one JSON object. */
    public static Body json(byte[] bytes) {
        JsonReader reader = new JsonReader();
        JsonNode node = read(reader, bytes);
        return new Body(requireObject(node), reader.duplicates());
    }

    /** A body that is any JSON value. */
    public static JsonNode jsonValue(byte[] bytes) {
        return read(new JsonReader(), bytes);
    }

    /** A body that is one YAML (or JSON) object. */
    public static ObjectNode yaml(byte[] bytes) {
        return requireObject(parseYaml(bytes));
    }

    private static JsonNode read(JsonReader reader, byte[] bytes) {
        try {
            return reader.read(bytes);
        } catch (JacksonException e) {
            throw Errors.badRequest("couldn't parse the body as JSON: " + e.getOriginalMessage());
        }
    }

    private static JsonNode parseYaml(byte[] bytes) {
        try {
            return Yaml.read(bytes);
        } catch (JacksonException e) {
            throw Errors.badRequest("couldn't parse the body as YAML: " + e.getOriginalMessage());
        }
    }

    private static ObjectNode requireObject(JsonNode node) {
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw Errors.badRequest("couldn't get version/kind; json parse error: the body is not an object");
    }
}
