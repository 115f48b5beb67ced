package dev.fairway.testkit.nftables;

import dev.fairway.netlink.nftables.expr.Dynset;
import dev.fairway.netlink.nftables.expr.Expression;
import dev.fairway.netlink.nftables.expr.Immediate;
import dev.fairway.netlink.nftables.expr.Lookup;
import dev.fairway.netlink.nftables.expr.Masq;
import dev.fairway.netlink.nftables.expr.Nat;
import dev.fairway.netlink.nftables.expr.Objref;
import dev.fairway.netlink.nftables.expr.Reject;
import dev.fairway.netlink.sys.Errno;
import dev.fairway.netlink.wire.Attributes;
import dev.fairway.testkit.nftables.FakeTable.Base;
import dev.fairway.testkit.nftables.FakeTable.FakeChain;
import dev.fairway.testkit.nftables.FakeTable.FakeRule;
import dev.fairway.testkit.nftables.FakeTable.FakeSet;
import dev.fairway.testkit.nftables.FakeTable.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Applies the messages of one batch to a copy of the ruleset; whoever keeps the copy commits it. */
final class FakeTransaction {
    /** {@code NFT_DATA_VERDICT}, as a set's data type. */
    static final int VERDICTS = 0xffffff00;

    private static final int NAME = 1;
    private static final int TABLE = 1;
    private static final int SECOND_NAME = 2;
    private static final int CHAIN_NAME = 3;
    private static final int CHAIN_HOOK = 4;
    private static final int CHAIN_POLICY = 5;
    private static final int CHAIN_TYPE = 7;
    private static final int RULE_CHAIN = 2;
    private static final int RULE_HANDLE = 3;
    private static final int RULE_EXPRESSIONS = 4;
    private static final int RULE_POSITION = 6;
    private static final int ELEMENTS = 3;
    private static final int NLM_F_APPEND = 0x800;
    /** {@code NFT_JUMP_STACK_SIZE}. */
    private static final int MOST_JUMPS = 16;
    private static final int EMLINK = 31;

    /** {@code NF_INET_*}. */
    private static final Set<Integer> REJECTING = Set.of(0, 1, 2, 3);
    private static final Set<Integer> DNATTING = Set.of(0, 3);
    private static final Set<Integer> SNATTING = Set.of(1, 4);
    private static final Set<Integer> MASQUERADING = Set.of(4);

    private final Map<FakeKernel.TableKey, FakeTable> tables;
    /** Whether chains are checked with each message, so that the error is the message's. */
    private final boolean strict;

    FakeTransaction(Map<FakeKernel.TableKey, FakeTable> tables, boolean strict) {
        this.tables = tables;
        this.strict = strict;
    }

    /**
     * Applies one message.
     *
     * @param message {@code NFT_MSG_*}
     * @param payload the attributes
     * @throws Refusal if the kernel would not take it
     */
    void apply(int message, int flags, int family, ByteBuffer payload) {
        var attributes = Attributes.parse(payload);
        var raw = bytes(payload);
        switch (message) {
            case 0 -> tables.putIfAbsent(key(family, attributes), new FakeTable(raw));
            case 2 -> {
                if (tables.remove(key(family, attributes)) == null) {
                    throw new Refusal(Errno.ENOENT);
                }
            }
            case 3 -> newChain(table(family, attributes), attributes, raw);
            case 5 -> deleteChain(table(family, attributes), attributes);
            case 6 -> newRule(table(family, attributes), attributes, raw, (flags & NLM_F_APPEND) != 0);
            case 8 -> deleteRules(table(family, attributes), attributes);
            case 9 -> newSet(table(family, attributes), attributes, raw);
            case 11 -> deleteSet(table(family, attributes), attributes.string(SECOND_NAME));
            case 12, 14 -> elements(table(family, attributes), attributes, payload, message == 12);
            case 18 -> table(family, attributes).counters.putIfAbsent(attributes.string(SECOND_NAME), raw);
            case 20 -> deleteCounter(table(family, attributes), attributes.string(SECOND_NAME));
            default -> throw new Refusal(Errno.EOPNOTSUPP);
        }
        if (strict && (message == 6 || message == 12)) {
            validate(table(family, attributes));
        }
    }

    private static byte[] bytes(ByteBuffer payload) {
        var copy = new byte[payload.remaining()];
        payload.duplicate().get(copy);
        return copy;
    }

    private static FakeKernel.TableKey key(int family, Attributes attributes) {
        return new FakeKernel.TableKey(family, attributes.string(NAME));
    }

    private FakeTable table(int family, Attributes attributes) {
        var table = tables.get(new FakeKernel.TableKey(family, attributes.string(TABLE)));
        if (table == null) {
            throw new Refusal(Errno.ENOENT);
        }
        return table;
    }

    private static <T> T need(T found) {
        if (found == null) {
            throw new Refusal(Errno.ENOENT);
        }
        return found;
    }

    private static void newChain(FakeTable table, Attributes attributes, byte[] raw) {
        Optional<Base> base = Optional.empty();
        if (attributes.has(CHAIN_HOOK)) {
            var hook = attributes.nested(CHAIN_HOOK);
            base = Optional.of(new Base(attributes.string(CHAIN_TYPE, "filter"), hook.be32(1), hook.be32(2)));
        }
        var there = table.chains.get(attributes.string(CHAIN_NAME));
        if (attributes.has(CHAIN_POLICY) && (there == null ? base : there.base).isEmpty()) {
            throw new Refusal(Errno.EOPNOTSUPP);
        }
        if (there == null) {
            table.chains.put(attributes.string(CHAIN_NAME), new FakeChain(raw, base));
        } else if (base.isPresent() && !there.base.equals(base)) {
            boolean onlyType = there.base.isPresent() && there.base.get().hook() == base.get().hook()
                    && there.base.get().priority() == base.get().priority();
            throw new Refusal(there.base.isEmpty() || onlyType ? Errno.EEXIST : Errno.EOPNOTSUPP);
        }
    }

    private static void deleteChain(FakeTable table, Attributes attributes) {
        var name = attributes.string(CHAIN_NAME);
        need(table.chains.get(name));
        // A chain goes with its own rules, but not if one of them sends packets to it.
        if (table.isUsed(name)) {
            throw new Refusal(Errno.EBUSY);
        }
        table.chains.remove(name);
    }

    private static void newRule(FakeTable table, Attributes attributes, byte[] raw, boolean append) {
        var chain = need(table.chains.get(attributes.string(RULE_CHAIN)));
        var expressions = attributes.has(RULE_EXPRESSIONS)
                ? Expression.decodeList(attributes.nested(RULE_EXPRESSIONS)) : List.<Expression>of();
        int at = append ? chain.rules.size() : 0;
        if (attributes.has(RULE_POSITION)) {
            at = index(chain, attributes.be64(RULE_POSITION)) + (append ? 1 : 0);
        }
        expressions.forEach(expression -> check(table, expression));
        chain.rules.add(at, new FakeRule(++table.lastHandle, raw, expressions));
    }

    private static int index(FakeChain chain, long handle) {
        for (int i = 0; i < chain.rules.size(); i++) {
            if (chain.rules.get(i).handle() == handle) {
                return i;
            }
        }
        throw new Refusal(Errno.ENOENT);
    }

    private static void check(FakeTable table, Expression expression) {
        switch (expression) {
            case Immediate(int register, var data) -> checkTarget(table, FakeTable.target(Optional.of(data)), -1);
            case Lookup lookup -> {
                var shape = need(table.sets.get(lookup.set())).shape;
                if (lookup.dreg().isPresent() == (shape.dataType() == 0) || lookup.dreg().isPresent() && lookup.inverted()) {
                    throw new Refusal(Errno.EINVAL);
                }
            }
            case Dynset dynset -> need(table.sets.get(dynset.set()));
            case Objref objref -> need(table.counters.get(objref.object()));
            default -> { }
        }
    }

    /** Nobody may be sent to a chain that is not there, or that packets come to by themselves. */
    static void checkTarget(FakeTable table, Optional<String> target, int offset) {
        if (target.isPresent()) {
            var chain = table.chains.get(target.get());
            if (chain == null) {
                throw new Refusal(Errno.ENOENT, offset);
            }
            if (chain.base.isPresent()) {
                throw new Refusal(Errno.EOPNOTSUPP, offset);
            }
        }
    }

    private static void deleteRules(FakeTable table, Attributes attributes) {
        if (!attributes.has(RULE_CHAIN)) {
            table.chains.values().forEach(chain -> chain.rules.clear());
            return;
        }
        var chain = need(table.chains.get(attributes.string(RULE_CHAIN)));
        if (attributes.has(RULE_HANDLE)) {
            chain.rules.remove(index(chain, attributes.be64(RULE_HANDLE)));
        } else {
            chain.rules.clear();
        }
    }

    private static void newSet(FakeTable table, Attributes attributes, byte[] raw) {
        var shape = shape(attributes);
        var there = table.sets.get(attributes.string(SECOND_NAME));
        if (there == null) {
            table.sets.put(attributes.string(SECOND_NAME), new FakeSet(raw, shape));
        } else if (!there.shape.equals(shape)) {
            throw new Refusal(Errno.EEXIST);
        }
    }

    private static Shape shape(Attributes set) {
        var desc = set.nestedOrEmpty(9);
        var fields = desc.nestedOrEmpty(2).all().stream().map(field -> field.nested().be32(1)).toList();
        int dataType = set.be32(6, 0);
        return new Shape(set.be32(3, 0), set.be32(4, 0), set.be32(5), dataType, dataType == VERDICTS ? 0 : set.be32(7, 0),
                desc.be32(1, 0), fields);
    }

    private static void deleteSet(FakeTable table, String name) {
        need(table.sets.get(name));
        if (table.usesSet(name)) {
            throw new Refusal(Errno.EBUSY);
        }
        table.sets.remove(name);
    }

    private static void deleteCounter(FakeTable table, String name) {
        need(table.counters.get(name));
        if (table.usesCounter(name)) {
            throw new Refusal(Errno.EBUSY);
        }
        table.counters.remove(name);
    }

    private static void elements(FakeTable table, Attributes attributes, ByteBuffer payload, boolean add) {
        var set = need(table.sets.get(attributes.string(SECOND_NAME)));
        if (!attributes.has(ELEMENTS)) {
            if (add) {
                throw new Refusal(Errno.EINVAL);
            }
            set.elements.clear();
            return;
        }
        var elements = new FakeElements(table, set);
        var list = attributes.bytes(ELEMENTS);
        FakeElements.each(list, FakeKernel.ATTRIBUTES + offset(payload, ELEMENTS), add ? elements::add : elements::delete);
    }

    /** Bytes to the payload of an attribute. */
    private static int offset(ByteBuffer attributes, int type) {
        var buffer = attributes.duplicate().order(ByteOrder.nativeOrder());
        int at = 0;
        while ((buffer.getShort(at + 2) & 0x3fff) != type) {
            at += Short.toUnsignedInt(buffer.getShort(at)) + 3 & ~3;
        }
        return at + 4;
    }

    /** Whether all tables could be committed. */
    boolean isValid() {
        try {
            tables.values().forEach(FakeTransaction::validate);
            return true;
        } catch (Refusal invalid) {
            return false;
        }
    }

    /** From each base chain all that packets may come to must suit its hook, and end. */
    private static void validate(FakeTable table) {
        table.chains.values().forEach(chain -> chain.base.ifPresent(base -> validate(table, chain, base, 0)));
    }

    private static void validate(FakeTable table, FakeChain chain, Base base, int depth) {
        if (depth == MOST_JUMPS) {
            throw new Refusal(EMLINK);
        }
        for (var rule : chain.rules) {
            for (var expression : rule.expressions()) {
                if (!suits(expression, base)) {
                    throw new Refusal(Errno.EOPNOTSUPP);
                }
                var set = table.sets.get(FakeTable.setOf(expression));
                if (expression instanceof Lookup && set != null) {
                    set.elements.values().forEach(element -> FakeTable.target(element.data())
                            .ifPresent(target -> validate(table, table.chains.get(target), base, depth + 1)));
                }
            }
            rule.targets().forEach(target -> validate(table, table.chains.get(target), base, depth + 1));
        }
    }

    private static boolean suits(Expression expression, Base base) {
        return switch (expression) {
            case Reject reject -> REJECTING.contains(base.hook());
            case Nat nat -> base.type().equals("nat") && (nat.destination() ? DNATTING : SNATTING).contains(base.hook());
            case Masq masq -> base.type().equals("nat") && MASQUERADING.contains(base.hook());
            default -> true;
        };
    }
}
