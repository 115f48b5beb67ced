package dev.fairway.netlink.nftables;

import dev.fairway.netlink.nfnetlink.Nfnetlink;
import dev.fairway.netlink.wire.NetlinkHeader;
import dev.fairway.netlink.wire.NetlinkWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Changes that the kernel applies together or not at all, in the order of the calls. Nothing is sent before
 * {@link Nftables#commit}; a batch is committed once. Not safe for use by two threads.
 */
public final class NftBatch {
    static final int NEWTABLE = 0;
    static final int DELTABLE = 2;
    static final int NEWCHAIN = 3;
    static final int DELCHAIN = 5;
    static final int NEWRULE = 6;
    static final int DELRULE = 8;
    static final int NEWSET = 9;
    static final int DELSET = 11;
    static final int NEWSETELEM = 12;
    static final int DELSETELEM = 14;
    static final int NEWOBJ = 18;
    static final int DELOBJ = 20;

    private static final int ELEM_LIST_TABLE = 1;
    private static final int ELEM_LIST_SET = 2;
    private static final int ELEM_LIST_ELEMENTS = 3;
    /** Below the 65,535 bytes of an attribute, by more than the longest element. */
    private static final int ELEMENTS_BYTES = 60_000;

    private final NetlinkWriter writer = new NetlinkWriter(4096);
    private final List<BatchEntry> entries = new ArrayList<>();
    private int setId;
    private int lastMessage;

    public NftBatch() {
        int begin = writer.beginMessage(Nfnetlink.BATCH_BEGIN, NetlinkHeader.REQUEST, 0);
        Nfnetlink.header(writer, Nfnetlink.NFPROTO_UNSPEC, Nfnetlink.SUBSYS_NFTABLES);
        // A place for the generation, filled in when the batch is sent.
        writer.be32(Nfnetlink.BATCH_GENID, 0);
        writer.endMessage(begin);
    }

    /** Whether nothing was put into the batch. */
    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /** How many messages the batch has; a message carries hundreds of set elements. */
    public int size() {
        return entries.size();
    }

    /** Bytes that will be sent. */
    public int bytes() {
        return writer.size();
    }

    /** Adds a table unless it is there. */
    public NftBatch add(Table table) {
        return message(NEWTABLE, NetlinkHeader.CREATE, table.family(), "add table " + table, table::write);
    }

    /** Deletes a table and all in it. */
    public NftBatch delete(Table table) {
        return message(DELTABLE, 0, table.family(), "delete table " + table, table::writeName);
    }

    /** Adds a chain unless it is there. */
    public NftBatch add(Chain chain) {
        return message(NEWCHAIN, NetlinkHeader.CREATE, chain.table().family(), describe("add chain", chain), chain::write);
    }

    /** Deletes a chain, which must be empty and unused by then. */
    public NftBatch delete(Chain chain) {
        return message(DELCHAIN, 0, chain.table().family(), describe("delete chain", chain), chain::writeName);
    }

    /** Deletes all rules of a chain. */
    public NftBatch flush(Chain chain) {
        return message(DELRULE, 0, chain.table().family(), describe("flush chain", chain),
                body -> Rule.writeChain(body, chain));
    }

    /** Adds a rule at the end of its chain. */
    public NftBatch append(Rule rule) {
        return rule("append rule to", rule, NetlinkHeader.CREATE | NetlinkHeader.APPEND, 0);
    }

    /** Adds a rule at the beginning of its chain. */
    public NftBatch insert(Rule rule) {
        return rule("insert rule into", rule, NetlinkHeader.CREATE, 0);
    }

    /** Adds a rule before the one with the given handle. */
    public NftBatch insertBefore(Rule rule, long handle) {
        return rule("insert rule into", rule, NetlinkHeader.CREATE, handle);
    }

    /** Adds a rule after the one with the given handle. */
    public NftBatch appendAfter(Rule rule, long handle) {
        return rule("append rule to", rule, NetlinkHeader.CREATE | NetlinkHeader.APPEND, handle);
    }

    /** Deletes the rule with the handle of {@code rule}. */
    public NftBatch delete(Rule rule) {
        if (rule.handle() == 0) {
            throw new IllegalArgumentException("a rule without handle cannot be deleted");
        }
        return message(DELRULE, 0, rule.table().family(), describe("delete rule of", rule), rule::writeHandle);
    }

    /** Adds a set or map unless it is there. */
    public NftBatch add(NftSet set) {
        int id = ++setId;
        return message(NEWSET, NetlinkHeader.CREATE, set.table().family(), describe("add set", set),
                body -> set.write(body, id));
    }

    /** Deletes a set or map, which no rule may use by then. */
    public NftBatch delete(NftSet set) {
        return deleteSet(set.table(), set.name());
    }

    /** As {@link #delete(NftSet)}, by name. */
    public NftBatch deleteSet(Table table, String name) {
        return message(DELSET, 0, table.family(), "delete set " + table + " " + name,
                body -> NftSet.writeName(body, table, name));
    }

    /** Deletes all elements of a set. */
    public NftBatch flush(NftSet set) {
        return message(DELSETELEM, 0, set.table().family(), describe("flush set", set),
                body -> body.string(ELEM_LIST_TABLE, set.table().name()).string(ELEM_LIST_SET, set.name()));
    }

    /** Adds elements; one that is there with other data fails the batch with EEXIST. */
    public NftBatch add(NftSet set, List<SetElement> elements) {
        return elements(NEWSETELEM, NetlinkHeader.CREATE, "add", set, elements);
    }

    /** Deletes elements; one that is not there fails the batch with ENOENT. */
    public NftBatch delete(NftSet set, List<SetElement> elements) {
        return elements(DELSETELEM, 0, "delete", set, elements);
    }

    public NftBatch add(NamedCounter counter) {
        return message(NEWOBJ, NetlinkHeader.CREATE, counter.table().family(), "add counter " + counter.name(),
                counter::write);
    }

    public NftBatch delete(NamedCounter counter) {
        return message(DELOBJ, 0, counter.table().family(), "delete counter " + counter.name(), counter::writeName);
    }

    private NftBatch rule(String verb, Rule rule, int flags, long position) {
        return message(NEWRULE, flags, rule.table().family(), describe(verb, rule), body -> rule.write(body, position));
    }

    private NftBatch elements(int type, int flags, String verb, NftSet set, List<SetElement> elements) {
        for (int next = 0; next < elements.size(); ) {
            int first = next;
            int message = begin(type, flags, set.table().family());
            writer.string(ELEM_LIST_TABLE, set.table().name()).string(ELEM_LIST_SET, set.name());
            int list = writer.beginNested(ELEM_LIST_ELEMENTS);
            var offsets = new int[Math.min(elements.size() - first, ELEMENTS_BYTES / 8)];
            while (next < elements.size() && next - first < offsets.length && writer.size() - list < ELEMENTS_BYTES) {
                offsets[next - first] = writer.size() - message;
                elements.get(next++).write(writer, set);
            }
            writer.endNested(list);
            end(message, new BatchEntry.Elements(verb + " elements of " + name(set), List.copyOf(elements.subList(first, next)), offsets));
        }
        return this;
    }

    private NftBatch message(int type, int flags, Family family, String description, Consumer<NetlinkWriter> body) {
        int message = begin(type, flags, family);
        body.accept(writer);
        end(message, new BatchEntry.Single(description));
        return this;
    }

    private int begin(int type, int flags, Family family) {
        // The sequence is the entry's place; answers are told apart by it.
        int message = writer.beginMessage(Nfnetlink.type(Nfnetlink.SUBSYS_NFTABLES, type),
                NetlinkHeader.REQUEST | flags, entries.size() + 1);
        Nfnetlink.header(writer, family.number(), 0);
        return message;
    }

    private void end(int message, BatchEntry entry) {
        writer.endMessage(message);
        lastMessage = message;
        entries.add(entry);
    }

    /** The whole batch; the last change asks for an acknowledgement, which tells that the batch was worked through. */
    NetlinkWriter finish(int generation) {
        writer.addFlags(lastMessage, NetlinkHeader.ACK);
        int end = writer.beginMessage(Nfnetlink.BATCH_END, NetlinkHeader.REQUEST, entries.size() + 1);
        Nfnetlink.header(writer, Nfnetlink.NFPROTO_UNSPEC, Nfnetlink.SUBSYS_NFTABLES);
        writer.endMessage(end);
        writer.setBe32(NetlinkHeader.SIZE + Nfnetlink.HEADER + 4, generation);
        return writer;
    }

    /** What the message with a sequence number does; empty for the batch's own messages. */
    Optional<BatchEntry> entry(int sequence) {
        return sequence >= 1 && sequence <= entries.size() ? Optional.of(entries.get(sequence - 1)) : Optional.empty();
    }

    private static String describe(String verb, Chain chain) {
        return verb + " " + chain.table() + " " + chain.name();
    }

    private static String describe(String verb, Rule rule) {
        return verb + " chain " + rule.table() + " " + rule.chain();
    }

    private static String describe(String verb, NftSet set) {
        return verb + " " + name(set);
    }

    private static String name(NftSet set) {
        return set.table() + " " + set.name();
    }
}
