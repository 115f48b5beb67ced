package dev.fairway.apiserver.registry;

import java.time.Instant;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** How a kind looks in {@code kubectl get}: the server makes the cells, the client only aligns them. */
public interface TablePrinter {
    /** The columns, in order. */
    List<Column> columns();

    /**
     * The cells of one object.
     *
     * @param object the object; not to be changed
     * @param now    what ages are counted to
     * @return one value per column: a string, number, boolean or null
     */
    ArrayNode cells(ObjectNode object, Instant now);
}
