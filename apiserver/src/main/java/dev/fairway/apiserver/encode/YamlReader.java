package dev.fairway.apiserver.encode;

import dev.fairway.apiserver.config.ApiServerConfig;
import dev.fairway.kube.Json;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads one YAML document of a client as Kubernetes does: anchors and merge keys are resolved, plain scalars are taken
 * by YAML 1.1 ({@link YamlScalars}), of a key that stands twice the last counts and the line is remembered. Bounded in
 * size, in depth and in what aliases unfold to.
 */
final class YamlReader {
    private static final LoadSettings SETTINGS = LoadSettings.builder().setCodePointLimit(ApiServerConfig.MAX_BODY_BYTES).build();
    private static final int MAX_UNFOLDED = 100_000;
    private static final int REPORTED_DUPLICATES = 20;
    private static final JsonNodeFactory MAKE = JsonNodeFactory.instance;

    private final Map<Anchor, JsonNode> anchors = new HashMap<>();
    private final List<String> duplicates = new ArrayList<>();
    private Iterator<Event> events;
    private int unfolded;

    /**
     * The document; the null of JSON when there is none.
     *
     * @throws YamlEngineException when it is not YAML, not UTF-8, or exceeds a bound
     */
    JsonNode read(byte[] bytes) {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new YamlEngineException("invalid UTF-8");
        }
        events = new Parse(SETTINGS).parseString(text).iterator();
        events.next();
        if (events.next().getEventId() == Event.ID.StreamEnd) {
            return MAKE.nullNode();
        }
        JsonNode document = node(events.next(), 0);
        events.next();
        if (events.next().getEventId() != Event.ID.StreamEnd) {
            throw new YamlEngineException("more than one document");
        }
        return document;
    }

    /** Keys that stood more than once in their mapping, worded as go-yaml words them. */
    List<String> duplicates() {
        return duplicates;
    }

    private JsonNode node(Event event, int depth) {
        if (depth > Json.MAX_DEPTH) {
            throw new YamlEngineException("nested too deep" + at(event));
        }
        JsonNode node = switch (event) {
            case AliasEvent alias -> unfold(alias, depth);
            case ScalarEvent scalar -> YamlScalars.resolve(scalar);
            case SequenceStartEvent ignored -> sequence(depth);
            case MappingStartEvent ignored -> mapping(depth);
            default -> throw new YamlEngineException("unexpected " + event.getEventId() + at(event));
        };
        if (event instanceof NodeEvent made && !(event instanceof AliasEvent)) {
            made.getAnchor().ifPresent(anchor -> anchors.put(anchor, node));
        }
        return node;
    }

    private JsonNode unfold(AliasEvent alias, int depth) {
        JsonNode target = anchors.get(alias.getAlias());
        if (target == null) {
            throw new YamlEngineException("unknown anchor '" + alias.getAlias() + "' referenced" + at(alias));
        }
        countUnfolded(target, depth);
        return target.deepCopy();
    }

    private void countUnfolded(JsonNode node, int depth) {
        if (++unfolded > MAX_UNFOLDED || depth > Json.MAX_DEPTH) {
            throw new YamlEngineException("document contains excessive aliasing");
        }
        node.forEach(child -> countUnfolded(child, depth + 1));
    }

    private ArrayNode sequence(int depth) {
        ArrayNode array = MAKE.arrayNode();
        for (Event event = events.next(); event.getEventId() != Event.ID.SequenceEnd; event = events.next()) {
            array.add(node(event, depth + 1));
        }
        return array;
    }

    private ObjectNode mapping(int depth) {
        ObjectNode object = MAKE.objectNode();
        List<JsonNode> merged = new ArrayList<>(0);
        for (Event event = events.next(); event.getEventId() != Event.ID.MappingEnd; event = events.next()) {
            JsonNode key = node(event, depth + 1);
            JsonNode value = node(events.next(), depth + 1);
            if (event instanceof ScalarEvent scalar && scalar.isPlain() && scalar.getValue().equals("<<")) {
                merged.add(value);
            } else {
                put(object, event, key, value);
            }
        }
        merged.forEach(each -> merge(object, each));
        return object;
    }

    private void put(ObjectNode object, Event event, JsonNode key, JsonNode value) {
        String name = YamlScalars.key(key).orElseThrow(() -> new YamlEngineException("invalid map key" + at(event)));
        if (object.replace(name, value) != null && duplicates.size() < REPORTED_DUPLICATES) {
            String line = event.getStartMark().map(mark -> "line " + (mark.getLine() + 1) + ": ").orElse("");
            duplicates.add(line + "key \"" + name + "\" already set in map");
        }
    }

    /** What a mapping has itself goes before what it merges in. */
    private static void merge(ObjectNode object, JsonNode source) {
        switch (source) {
            case ObjectNode map -> map.properties().forEach(field -> {
                if (!object.has(field.getKey())) {
                    object.set(field.getKey(), field.getValue());
                }
            });
            case ArrayNode list when list.valueStream().allMatch(JsonNode::isObject) -> list.forEach(each -> merge(object, each));
            default -> throw new YamlEngineException("map merge requires map or sequence of maps as the value");
        }
    }

    private static String at(Event event) {
        return event.getStartMark().map(mark -> " at line " + (mark.getLine() + 1)).orElse("");
    }
}
