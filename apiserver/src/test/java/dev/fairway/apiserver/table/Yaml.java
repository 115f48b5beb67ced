package dev.fairway.apiserver.table;

import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;
import dev.fairway.apiserver.registry.TablePrinter;

/** Objects in tests, and the rows that they make. */
final class Yaml {
    /** The time of all tests. */
    static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private static final YAMLMapper MAPPER = YAMLMapper.builder().build();

    private Yaml() {
    }

    static ObjectNode object(String yaml) {
        ObjectNode object = (ObjectNode) MAPPER.readTree(yaml);
        ObjectNode metadata = object.withObject("/metadata");
        if (!metadata.has("name")) {
            metadata.put("name", "x");
        }
        if (!metadata.has("creationTimestamp")) {
            metadata.put("creationTimestamp", "2026-03-01T11:55:00Z");
        }
        return object;
    }

    /** The cells as kubectl shows them, with {@code |} between; the wide ones behind {@code ||}. */
    static String row(TablePrinter printer, String yaml) {
        ArrayNode cells = printer.cells(object(yaml), NOW);
        return cells(printer, cells, 0) + (hasWide(printer) ? " || " + cells(printer, cells, 1) : "");
    }

    static boolean hasWide(TablePrinter printer) {
        return printer.columns().stream().anyMatch(column -> column.priority() > 0);
    }

    private static String cells(TablePrinter printer, ArrayNode cells, int priority) {
        List<String> shown = IntStream.range(0, cells.size())
                .filter(i -> Math.min(1, printer.columns().get(i).priority()) == priority)
                .mapToObj(cells::get).map(JsonNode::asString).toList();
        return String.join(" | ", shown);
    }

    static String headings(TablePrinter printer) {
        StringBuilder text = new StringBuilder();
        boolean wide = false;
        for (var column : printer.columns()) {
            if (column.priority() > 0 && !wide) {
                text.append(" ||");
                wide = true;
            }
            text.append(text.isEmpty() ? "" : " ").append(column.name().toUpperCase(java.util.Locale.ROOT).replace(' ', '_'));
        }
        return text.toString();
    }
}
