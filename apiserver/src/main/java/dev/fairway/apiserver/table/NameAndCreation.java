package dev.fairway.apiserver.table;

import dev.fairway.apiserver.registry.Column;
import dev.fairway.apiserver.registry.TablePrinter;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What a kind without columns of its own shows: its name and when it was created. */
final class NameAndCreation implements TablePrinter {
    private static final List<Column> COLUMNS = List.of(
            new Column("Name", "string", "name", "Name must be unique within a namespace.", 0),
            new Column("Created At", "date", "", "When the object was created.", 0));

    @Override
    public List<Column> columns() {
        return COLUMNS;
    }

    @Override
    public ArrayNode cells(ObjectNode object, Instant now) {
        return JsonNodeFactory.instance.arrayNode()
                .add(object.path("metadata").path("name").asString(""))
                .add(object.path("metadata").path("creationTimestamp").asString(""));
    }
}
