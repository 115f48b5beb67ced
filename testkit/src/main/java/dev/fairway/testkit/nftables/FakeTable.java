package dev.fairway.testkit.nftables;

import dev.fairway.netlink.nftables.Bytes;
import dev.fairway.netlink.nftables.Data;
import dev.fairway.netlink.nftables.Verdict;
import dev.fairway.netlink.nftables.expr.Dynset;
import dev.fairway.netlink.nftables.expr.Expression;
import dev.fairway.netlink.nftables.expr.Immediate;
import dev.fairway.netlink.nftables.expr.Lookup;
import dev.fairway.netlink.nftables.expr.Objref;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** One table. What a message brought is kept as it came, and listed so; what rules are checked by is decoded beside it. */
final class FakeTable {
    /** @param hook {@code NF_INET_*}, empty for a regular chain */
    record Base(String type, int hook, int priority) {
    }

    static final class FakeChain {
        final byte[] attributes;
        final Optional<Base> base;
        final List<FakeRule> rules = new ArrayList<>();

        FakeChain(byte[] attributes, Optional<Base> base) {
            this.attributes = attributes;
            this.base = base;
        }
    }

    record FakeRule(long handle, byte[] attributes, List<Expression> expressions) {
        Stream<String> targets() {
            return expressions.stream().flatMap(expression -> expression instanceof Immediate(int register, var data)
                    ? target(Optional.of(data)).stream() : Stream.empty());
        }
    }

    /** @param end whether it ends the range that another element of a set with one field begins */
    record Key(Bytes key, boolean end) {
    }

    /** @param attributes the nested attributes of the element */
    record FakeElement(byte[] attributes, Optional<Bytes> keyEnd, Optional<Data> data) {
    }

    /**
     * A set's properties.
     *
     * @param fields bytes of each field of a concatenation of ranges, empty for other sets
     */
    record Shape(int flags, int keyType, int keyLength, int dataType, int dataLength, int size, List<Integer> fields) {
    }

    static final class FakeSet {
        final byte[] attributes;
        final Shape shape;
        final Map<Key, FakeElement> elements = new LinkedHashMap<>();

        FakeSet(byte[] attributes, Shape shape) {
            this.attributes = attributes;
            this.shape = shape;
        }
    }

    final byte[] attributes;
    final Map<String, FakeChain> chains = new LinkedHashMap<>();
    final Map<String, FakeSet> sets = new LinkedHashMap<>();
    final Map<String, byte[]> counters = new LinkedHashMap<>();
    long lastHandle;

    FakeTable(byte[] attributes) {
        this.attributes = attributes;
    }

    /** A copy that can be changed without changing this. */
    FakeTable copy() {
        var copy = new FakeTable(attributes);
        chains.forEach((name, chain) -> {
            var copied = new FakeChain(chain.attributes, chain.base);
            copied.rules.addAll(chain.rules);
            copy.chains.put(name, copied);
        });
        sets.forEach((name, set) -> {
            var copied = new FakeSet(set.attributes, set.shape);
            copied.elements.putAll(set.elements);
            copy.sets.put(name, copied);
        });
        copy.counters.putAll(counters);
        copy.lastHandle = lastHandle;
        return copy;
    }

    /** The chain that a verdict sends packets to. */
    static Optional<String> target(Optional<Data> data) {
        return data.isPresent() && data.get() instanceof Data.OfVerdict(Verdict(int code, String chain)) && !chain.isEmpty()
                ? Optional.of(chain) : Optional.empty();
    }

    /** Whether rules or elements send packets to a chain. */
    boolean isUsed(String chain) {
        return Stream.concat(chains.values().stream().flatMap(from -> from.rules.stream()).flatMap(FakeRule::targets),
                        sets.values().stream().flatMap(set -> set.elements.values().stream())
                                .flatMap(element -> target(element.data()).stream()))
                .anyMatch(chain::equals);
    }

    boolean usesSet(String set) {
        return expressions().anyMatch(expression -> set.equals(setOf(expression)));
    }

    boolean usesCounter(String counter) {
        return expressions().anyMatch(expression -> expression instanceof Objref objref && objref.object().equals(counter));
    }

    private Stream<Expression> expressions() {
        return chains.values().stream().flatMap(chain -> chain.rules.stream()).flatMap(rule -> rule.expressions().stream());
    }

    /** The set that an expression names, or "". */
    static String setOf(Expression expression) {
        return switch (expression) {
            case Lookup(String set, int sreg, OptionalInt dreg, boolean inverted) -> set;
            case Dynset dynset -> dynset.set();
            default -> "";
        };
    }
}
