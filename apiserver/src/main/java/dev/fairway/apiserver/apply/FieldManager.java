package dev.fairway.apiserver.apply;

/**
 * Who owns fields. An applier keeps its identity whatever version it applies in.
 *
 * @param name        the field manager
 * @param operation   how it writes
 * @param apiVersion  the version that its paths are in
 * @param subresource the subresource written to, or empty
 */
record FieldManager(String name, Operation operation, String apiVersion, String subresource) {

    /** As {@code managedFields} spells it. */
    enum Operation {
        /** Server-side apply. */
        APPLY("Apply"),
        /** Every other write. */
        UPDATE("Update");

        private final String text;

        Operation(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }

        static Operation of(String text) {
            for (Operation operation : values()) {
                if (operation.text.equals(text)) {
                    return operation;
                }
            }
            throw new IllegalArgumentException("invalid operation \"" + text + "\" in managedFields");
        }
    }

    boolean isSame(FieldManager other) {
        return name.equals(other.name) && operation == other.operation && subresource.equals(other.subresource)
                && (operation == Operation.APPLY || apiVersion.equals(other.apiVersion));
    }

    /** As messages about conflicts name it. */
    @Override
    public String toString() {
        String text = '"' + name + '"';
        if (!subresource.isEmpty()) {
            text += " with subresource \"" + subresource + '"';
        }
        return operation == Operation.UPDATE ? text + " using " + apiVersion : text;
    }
}
