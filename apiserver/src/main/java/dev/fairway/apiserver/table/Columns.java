package dev.fairway.apiserver.table;

import dev.fairway.apiserver.registry.Column;
import dev.fairway.apiserver.registry.TablePrinter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A kind's columns, each with the function that makes its cell. */
final class Columns implements TablePrinter {

    private record Cell(Column column, Function<Row, Object> value) {
    }

    private final List<Cell> cells = new ArrayList<>();

    private Columns() {
    }

    /** Columns that begin with the object's name. */
    static Columns named() {
        return new Columns().add("Name", "string", "name", "Name of the object.", 0,
                row -> row.text("metadata", "name"));
    }

    /** Columns that begin with something else than the name. */
    static Columns unnamed() {
        return new Columns();
    }

    Columns text(String name, String description, Function<Row, String> value) {
        return add(name, "string", "", description, 0, value::apply);
    }

    /** A column of text that may hold a number where one is at hand, as some kinds have it. */
    Columns value(String name, String description, Function<Row, Long> value) {
        return add(name, "string", "", description, 0, value::apply);
    }

    Columns integer(String name, String description, Function<Row, Long> value) {
        return add(name, "integer", "", description, 0, value::apply);
    }

    Columns bool(String name, String description, Function<Row, Boolean> value) {
        return add(name, "boolean", "", description, 0, value::apply);
    }

    /** A column that shows with {@code -o wide} only. */
    Columns wide(String name, String description, Function<Row, String> value) {
        return add(name, "string", "", description, 1, value::apply);
    }

    Columns age() {
        return text("Age", "Time since the object was created.", Row::age);
    }

    Columns add(String name, String type, String format, String description, int priority,
            Function<Row, Object> value) {
        cells.add(new Cell(new Column(name, type, format, description, priority), value));
        return this;
    }

    /** The three wide columns of kinds with a Pod template. */
    Columns template(Function<Row, String> selector) {
        return containers().wide("Selector", "Labels of the Pods that belong to the object.", selector);
    }

    Columns containers() {
        return wide("Containers", "Names of the template's containers.", row -> row.containers("name", "spec", "template"))
                .wide("Images", "Images of the template's containers.", row -> row.containers("image", "spec", "template"));
    }

    @Override
    public List<Column> columns() {
        return cells.stream().map(Cell::column).toList();
    }

    @Override
    public ArrayNode cells(ObjectNode object, Instant now) {
        Row row = new Row(object, now);
        ArrayNode values = JsonNodeFactory.instance.arrayNode(cells.size());
        for (Cell cell : cells) {
            switch (cell.value().apply(row)) {
                case Long number -> values.add(number.longValue());
                case Boolean truth -> values.add(truth.booleanValue());
                case Object text -> values.add(text.toString());
            }
        }
        return values;
    }
}
