package dev.fairway.schema;

import java.util.List;
import java.util.Optional;

/**
 * One field of a type.
 *
 * @param name       the JSON name
 * @param number     the protobuf field number; 0 where there is none
 * @param shape      the form of its values
 * @param inline     whether JSON has the fields of the (message) shape in place of this one
 * @param pointer    whether absence differs from the zero value
 * @param optional   whether it may be left out
 * @param written    whether JSON has it even when it is zero
 * @param mergeKey   for lists that strategic merge patches merge: the key of the elements, empty for scalars;
 *                   not present for lists that are replaced
 * @param retainKeys whether clients send {@code $retainKeys}
 * @param replace    whether a strategic merge patch replaces the object
 * @param topology   how server-side apply sees the list
 * @param listKeys   the keys of a {@link Topology#MAP}
 * @param atomic     whether server-side apply sees the object or map as one value
 * @param defaultJson what an absent field counts as, in JSON; empty where there is no such value
 */
public record Field(String name, int number, Shape shape, boolean inline, boolean pointer, boolean optional,
                    boolean written, Optional<String> mergeKey, boolean retainKeys, boolean replace, Topology topology,
                    List<String> listKeys, boolean atomic, Optional<String> defaultJson) {

    /** {@code x-kubernetes-list-type}. */
    public enum Topology { UNSET, ATOMIC, SET, MAP }

    public Field {
        listKeys = List.copyOf(listKeys);
    }

    static Field parse(String[] words, TypeTable.Reader reader) {
        boolean pointer = false;
        boolean optional = false;
        boolean written = false;
        boolean retain = false;
        boolean replace = false;
        boolean atomic = false;
        Optional<String> mergeKey = Optional.empty();
        Topology topology = Topology.UNSET;
        List<String> keys = List.of();
        Optional<String> defaultJson = Optional.empty();
        for (int i = 3; i < words.length; i++) {
            String flag = words[i];
            int equals = flag.indexOf('=');
            String value = flag.substring(equals + 1);
            switch (equals < 0 ? flag : flag.substring(0, equals)) {
                case "p" -> pointer = true;
                case "o" -> optional = true;
                case "a" -> written = true;
                case "merge" -> mergeKey = Optional.of(equals < 0 ? "" : value);
                case "retain" -> retain = true;
                case "replace" -> replace = true;
                case "atomic" -> atomic = true;
                case "default" -> defaultJson = value.startsWith("ref(") ? Optional.empty() : Optional.of(value);
                case "list" -> {
                    int colon = value.indexOf(':');
                    topology = Topology.valueOf((colon < 0 ? value : value.substring(0, colon)).toUpperCase(java.util.Locale.ROOT));
                    keys = colon < 0 ? List.of() : List.of(value.substring(colon + 1).split(","));
                }
                default -> {
                    // z: what encoders in Go leave out
                }
            }
        }
        return new Field(words[0], Integer.parseInt(words[1]), reader.shape(words[2]), words[0].equals("-inline"), pointer,
                optional, written, mergeKey, retain, replace, topology, keys, atomic, defaultJson);
    }
}
