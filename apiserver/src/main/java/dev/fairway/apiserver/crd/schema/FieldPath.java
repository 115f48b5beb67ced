package dev.fairway.apiserver.crd.schema;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Paths such as {@code .spec.color} or {@code .map['key']} into a schema: to what a rule is about, or to a selectable field. */
public final class FieldPath {
    private static final Pattern STEP = Pattern.compile("\\.([^.\\[\\]]+)|\\['((?:[^'\\\\]|\\\\.)*)'\\]");

    private FieldPath() {
    }

    /** The schema that a path leads to; empty if it leads nowhere or is no path. */
    public static Optional<SchemaNode> find(String path, SchemaNode from) {
        Matcher matcher = STEP.matcher(path);
        SchemaNode node = from;
        int at = 0;
        while (matcher.find(at) && matcher.start() == at) {
            String name = matcher.group(1) != null ? matcher.group(1) : matcher.group(2).replaceAll("\\\\(.)", "$1");
            SchemaNode child = node.properties().get(name);
            if (child == null && matcher.group(2) != null) {
                child = node.additional().orElse(null);
            }
            if (child == null) {
                return Optional.empty();
            }
            node = child;
            at = matcher.end();
        }
        return at == path.length() && at > 0 ? Optional.of(node) : Optional.empty();
    }
}
