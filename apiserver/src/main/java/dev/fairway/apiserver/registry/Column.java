package dev.fairway.apiserver.registry;

/**
 * One column of a Table, as {@code meta.k8s.io/v1 TableColumnDefinition}.
 *
 * @param name        the heading
 * @param type        {@code string}, {@code integer}, {@code number}, {@code boolean} or {@code date}
 * @param format      an OpenAPI format, {@code name} for the column that holds the name; may be empty
 * @param description one sentence
 * @param priority    0 for always; above 0 only with {@code -o wide}
 */
public record Column(String name, String type, String format, String description, int priority) {
}
