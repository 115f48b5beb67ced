package dev.fairway.apiserver.encode;

import dev.fairway.apiserver.registry.Column;
import dev.fairway.apiserver.registry.TablePrinter;
import dev.fairway.kube.Json;
import java.time.Instant;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Objects as their metadata alone, and as rows of a Table. */
final class Views {
    private Views() {
    }

    static ObjectNode partial(ObjectNode object, String version) {
        ObjectNode partial = Json.object();
        partial.put("kind", "PartialObjectMetadata").put("apiVersion", "meta.k8s.io/" + version);
        partial.set("metadata", object.get("metadata"));
        return partial;
    }

    static ObjectNode table(String version) {
        ObjectNode table = Json.object();
        table.put("kind", "Table").put("apiVersion", "meta.k8s.io/" + version);
        return table;
    }

    static void columns(ObjectNode table, TablePrinter printer) {
        ArrayNode columns = table.putArray("columnDefinitions");
        for (Column column : printer.columns()) {
            columns.addObject().put("name", column.name()).put("type", column.type()).put("format", column.format())
                    .put("description", column.description()).put("priority", column.priority());
        }
    }

    /** One row; {@code include} is None, Metadata or Object. */
    static ObjectNode row(ObjectNode object, TablePrinter printer, Instant now, String include, String version) {
        ObjectNode row = Json.object();
        row.set("cells", printer.cells(object, now));
        switch (include) {
            case "None" -> {
                // the cells are all
            }
            case "Object" -> row.set("object", object);
            default -> row.set("object", partial(object, version));
        }
        return row;
    }
}
