package dev.fairway.proxy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Damages JSON objects at random: fields removed, doubled, or given values that are wrong, absurd or hostile. */
public final class Mutator {
    private static final List<String> STRINGS = List.of("", "-", "x".repeat(64), "y".repeat(300), "UPPER", "a b", "a\nb", "a\0b",
            "\" -j ACCEPT #", "' ; reboot ; '", "$(reboot)", "\\\"", "é", "💣", "../../etc", "None", "web\"", "*nat", "COMMIT",
            "10.180.0.300", "10.180.0.1", "010.180.000.001", "::1", "fd18::77", "::ffff:10.1.2.3", "0.0.0.0", "127.0.0.1",
            "169.254.169.254", "255.255.255.255", "224.0.0.1", "fe80::1%eth0", "10.0.0.0/8", "0.0.0.0/0", "::/0", "10.0.0.0/33",
            "TCP", "UDP", "SCTP", "ICMP", "Local", "Cluster", "ClientIP", "LoadBalancer", "NodePort", "ClusterIP",
            "ExternalName", "VIP", "Proxy", "IPv4", "IPv6", "FQDN", "node-a", "z1");
    private static final long[] NUMBERS = {-1, 0, 1, 80, 30_000, 65_535, 65_536, 86_400, 86_401, Integer.MAX_VALUE, Long.MIN_VALUE};

    private final Random random;

    public Mutator(long seed) {
        random = new Random(seed);
    }

    /** A place in a tree: a field of an object, or an element of an array. */
    private record Place(JsonNode parent, String field, int index) {
        JsonNode value() {
            return parent instanceof ObjectNode object ? object.get(field) : parent.get(index);
        }

        void set(JsonNode value) {
            switch (parent) {
                case ObjectNode object -> object.set(field, value);
                case ArrayNode array -> array.set(index, value);
                default -> throw new IllegalStateException("not a container");
            }
        }

        void remove() {
            switch (parent) {
                case ObjectNode object -> object.remove(field);
                case ArrayNode array -> array.remove(index);
                default -> throw new IllegalStateException("not a container");
            }
        }
    }

    /** A damaged copy. */
    public ObjectNode mutate(ObjectNode object) {
        ObjectNode copy = object.deepCopy();
        for (int i = random.nextInt(3); i >= 0; i--) {
            List<Place> places = new ArrayList<>();
            collect(copy, places);
            if (!places.isEmpty()) {
                damage(places.get(random.nextInt(places.size())));
            }
        }
        return copy;
    }

    private static void collect(JsonNode node, List<Place> into) {
        switch (node) {
            case ObjectNode object -> object.propertyNames().forEach(name -> {
                into.add(new Place(object, name, -1));
                collect(object.get(name), into);
            });
            case ArrayNode array -> {
                for (int i = 0; i < array.size(); i++) {
                    into.add(new Place(array, "", i));
                    collect(array.get(i), into);
                }
            }
            default -> { }
        }
    }

    private void damage(Place place) {
        JsonNodeFactory make = JsonNodeFactory.instance;
        switch (random.nextInt(10)) {
            case 0 -> place.remove();
            case 1 -> place.set(make.nullNode());
            case 2, 3, 4 -> place.set(make.stringNode(STRINGS.get(random.nextInt(STRINGS.size()))));
            case 5 -> place.set(make.numberNode(NUMBERS[random.nextInt(NUMBERS.length)]));
            case 6 -> place.set(make.numberNode(random.nextDouble() * 100_000));
            case 7 -> place.set(make.booleanNode(random.nextBoolean()));
            case 8 -> place.set(random.nextBoolean() ? make.objectNode() : make.arrayNode());
            default -> {
                JsonNode value = place.value().deepCopy();
                place.set(place.value() instanceof ArrayNode array && !array.isEmpty()
                        ? array.add(array.get(0).deepCopy())
                        : make.arrayNode().add(value));
            }
        }
    }
}
