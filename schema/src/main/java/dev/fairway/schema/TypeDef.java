package dev.fairway.schema;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A type of the API: an object with fields. */
public final class TypeDef {
    private final String name;
    private final boolean typed;
    private final boolean atomic;
    private final List<Field> fields;
    private final TypeTable table;
    private Map<String, Field> byName;
    private Map<Integer, Field> byNumber;

    TypeDef(TypeTable table, String name, boolean typed, boolean atomic, List<Field> fields) {
        this.table = table;
        this.name = name;
        this.typed = typed;
        this.atomic = atomic;
        this.fields = List.copyOf(fields);
    }

    /** Such as {@code core/v1.PodSpec}. */
    public String name() {
        return name;
    }

    /** The last part of the name, such as {@code PodSpec}. */
    public String simpleName() {
        return name.substring(name.indexOf('.') + 1);
    }

    /** Whether objects carry apiVersion and kind. */
    public boolean typed() {
        return typed;
    }

    /** Whether server-side apply sees objects of this type as one value. */
    public boolean atomic() {
        return atomic;
    }

    /** The fields as protobuf has them: an inline field stands for itself. */
    public List<Field> fields() {
        return fields;
    }

    /** The fields as JSON has them, by name: those of inline fields in their place. */
    public synchronized Map<String, Field> byName() {
        if (byName == null) {
            Map<String, Field> all = new LinkedHashMap<>();
            for (Field field : fields) {
                if (field.inline() && field.shape() instanceof Shape.Message(String type)) {
                    all.putAll(table.require(type).byName());
                } else {
                    all.put(field.name(), field);
                }
            }
            byName = all;
        }
        return byName;
    }

    /** The type that says what a field means: this one, or the type of an inline field. */
    TypeDef declaring(String field) {
        return fields.stream()
                .filter(each -> each.inline() && each.shape() instanceof Shape.Message)
                .map(each -> table.require(((Shape.Message) each.shape()).type()))
                .filter(inlined -> inlined.byName().containsKey(field))
                .findFirst().map(inlined -> inlined.declaring(field)).orElse(this);
    }

    /** The fields by protobuf number. */
    public synchronized Map<Integer, Field> byNumber() {
        if (byNumber == null) {
            Map<Integer, Field> all = new LinkedHashMap<>();
            fields.forEach(field -> all.put(field.number(), field));
            byNumber = all;
        }
        return byNumber;
    }

    @Override
    public String toString() {
        return name;
    }
}
