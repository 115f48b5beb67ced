package dev.fairway.apiserver.crd;

import dev.fairway.apiserver.registry.Column;
import dev.fairway.apiserver.registry.TablePrinter;
import dev.fairway.apiserver.table.HumanDuration;
import dev.fairway.kube.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The columns of a custom kind: its name, then {@code additionalPrinterColumns}, or its age without those. */
final class CustomPrinter implements TablePrinter {
    private final List<Column> columns = new ArrayList<>();
    private final List<JsonPath> paths = new ArrayList<>();

    CustomPrinter(JsonNode printerColumns) {
        columns.add(new Column("Name", "string", "name", "Name must be unique within a namespace.", 0));
        for (JsonNode each : printerColumns) {
            columns.add(new Column(each.path("name").asString(""), each.path("type").asString(""),
                    each.path("format").asString(""), each.path("description").asString(""), each.path("priority").asInt(0)));
            paths.add(JsonPath.parse(each.path("jsonPath").asString("")));
        }
        if (paths.isEmpty()) {
            columns.add(new Column("Age", "date", "", "When the object was created.", 0));
            paths.add(JsonPath.parse(".metadata.creationTimestamp"));
        }
    }

    @Override
    public List<Column> columns() {
        return List.copyOf(columns);
    }

    @Override
    public ArrayNode cells(ObjectNode object, Instant now) {
        ArrayNode cells = JsonNodeFactory.instance.arrayNode();
        cells.add(object.path("metadata").path("name").asString(""));
        for (int i = 0; i < paths.size(); i++) {
            List<JsonNode> found = paths.get(i).find(object);
            cells.add(found.isEmpty() ? cells.nullNode() : cell(columns.get(i + 1).type(), found, now));
        }
        return cells;
    }

    private static JsonNode cell(String type, List<JsonNode> found, Instant now) {
        JsonNodeFactory make = JsonNodeFactory.instance;
        JsonNode first = found.getFirst();
        return switch (type) {
            case "integer" -> first.isNumber() ? make.numberNode(first.asLong()) : make.nullNode();
            case "number" -> first.isNumber() ? first : make.nullNode();
            case "boolean" -> first.isBoolean() ? first : make.nullNode();
            case "date" -> make.stringNode(Times.parse(first.asString("")).map(then -> HumanDuration.of(Duration.between(then, now)))
                    .orElse("<invalid>"));
            default -> make.stringNode(JsonPath.text(first));
        };
    }
}
