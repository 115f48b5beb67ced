package dev.fairway.netlink.nftables;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.nfnetlink.Nfnetlink;
import dev.fairway.netlink.socket.KernelError;
import dev.fairway.netlink.socket.NetlinkConnection;
import dev.fairway.netlink.socket.NetlinkException;
import dev.fairway.netlink.socket.NetlinkFamily;
import dev.fairway.netlink.socket.NetlinkSocket;
import dev.fairway.netlink.sys.Errno;
import dev.fairway.netlink.sys.ErrnoException;
import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkMessage;
import dev.fairway.netlink.wire.NetlinkWriter;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The nf_tables ruleset of one network namespace. Safe for use by several threads.
 *
 * {@snippet :
 * try (var nftables = Nftables.open()) {
 *     var table = new Table(Family.IP, "example");
 *     var blocked = NftSet.set(table, "blocked", SetField.of(DataType.IPV4_ADDR)).comment("not let in");
 *     var input = Chain.base(table, "input", new Hook(Hook.Type.FILTER, Hook.Point.INPUT, Hook.PRIORITY_FILTER));
 *     nftables.commit(new NftBatch().add(table).add(blocked).add(input)
 *             .append(Rule.of(input, Payload.ipSaddr(Register.R1), Lookup.in("blocked", Register.R1),
 *                     new Counter(), Immediate.of(Verdict.DROP))));
 *     nftables.commit(new NftBatch().add(blocked, List.of(SetElement.of(Bytes.address(address)))));
 * }
 * }
 */
public final class Nftables implements AutoCloseable {
    private static final int GETTABLE = 1;
    private static final int GETCHAIN = 4;
    private static final int GETRULE = 7;
    private static final int GETSET = 10;
    private static final int GETSETELEM = 13;
    private static final int GETGEN = 16;
    private static final int GETOBJ = 19;
    private static final int GEN_ID = 1;
    /** Of {@code res_id} in {@code struct nfgenmsg}: the lower half of the generation that was listed. */
    private static final int GENERATION_OFFSET = 2;
    private static final int DUMP_ATTEMPTS = 50;
    private static final int ELEM_LIST_TABLE = 1;
    private static final int ELEM_LIST_SET = 2;
    private static final int ELEM_LIST_ELEMENTS = 3;

    private final NetlinkConnection connection;

    private Nftables(NetlinkConnection connection) {
        this.connection = connection;
    }

    /** Of the calling thread's own namespace. */
    public static Nftables open() throws ErrnoException {
        return new Nftables(NetlinkSocket.open(NetlinkFamily.NETFILTER));
    }

    public static Nftables open(NetworkNamespace namespace) throws IOException {
        return new Nftables(namespace.netlinkSocket(NetlinkFamily.NETFILTER));
    }

    /** Of whatever answers, which is closed with this. */
    public static Nftables over(NetlinkConnection connection) {
        return new Nftables(connection);
    }

    /** The port id of the socket, by which {@link NftMonitor} tells own changes from others'. */
    public int portId() {
        return connection.portId();
    }

    /**
     * Applies a batch, all of it or nothing.
     *
     * @throws NftCommitException if the kernel refuses any of it
     */
    public void commit(NftBatch batch) throws ErrnoException {
        commit(batch, 0);
    }

    /**
     * Applies a batch if the ruleset is still of the given generation.
     *
     * @param generation from {@link #generation}, 0 not to check
     * @throws NftCommitException if the kernel refuses any of it; {@link NftCommitException#isStale} if the ruleset changed
     */
    public void commit(NftBatch batch, int generation) throws ErrnoException {
        if (batch.isEmpty()) {
            return;
        }
        var answers = connection.transact("nf_tables batch", batch.finish(generation));
        var failures = answers.stream().filter(answer -> !answer.isAck()).map(answer -> failure(batch, answer)).toList();
        if (!failures.isEmpty()) {
            throw new NftCommitException(failures);
        }
        if (answers.isEmpty()) {
            throw new NftCommitException(List.of(new NftCommitException.Failure("batch", Optional.empty(),
                    new KernelError(Errno.EAGAIN, 0, Optional.of("the kernel did not acknowledge the batch"), -1))));
        }
    }

    private static NftCommitException.Failure failure(NftBatch batch, KernelError error) {
        var entry = batch.entry(error.sequence());
        return new NftCommitException.Failure(entry.map(BatchEntry::description).orElse("batch"),
                entry.flatMap(found -> found.elementAt(error.offset())), error);
    }

    /** The generation of the ruleset, which grows with every commit of anybody. */
    public int generation() throws ErrnoException {
        return connection.query("get ruleset generation", type(GETGEN), 0,
                request -> Nfnetlink.header(request, Nfnetlink.NFPROTO_UNSPEC, 0)).getFirst()
                .attributes(Nfnetlink.HEADER).be32(GEN_ID);
    }

    /** All tables of the namespace. */
    public List<Table> tables() throws ErrnoException {
        return dump("list tables", GETTABLE, Nfnetlink.NFPROTO_UNSPEC, request -> { }, Table::decode).toList();
    }

    public boolean exists(Table table) throws ErrnoException {
        return tables().stream().anyMatch(table::sameAs);
    }

    /** The chains of a table. */
    public List<Chain> chains(Table table) throws ErrnoException {
        return dump("list chains", GETCHAIN, table.family().number(), request -> { }, (family, attributes) ->
                attributes.string(1).equals(table.name()) ? Optional.of(Chain.decode(family, attributes))
                        : Optional.<Chain>empty()).flatMap(Optional::stream).toList();
    }

    /** The rules of a table, in order within each chain. */
    public List<Rule> rules(Table table) throws ErrnoException {
        return dump("list rules", GETRULE, table.family().number(), request -> Rule.writeTable(request, table),
                Rule::decode).filter(rule -> rule.table().sameAs(table)).toList();
    }

    /** The named sets and maps of a table, and the anonymous ones of its rules. */
    public List<NftSet.Listed> sets(Table table) throws ErrnoException {
        return dump("list sets", GETSET, table.family().number(), request -> NftSet.writeTable(request, table),
                NftSet.Listed::decode).toList();
    }

    /** The counters of a table. */
    public List<NamedCounter> counters(Table table) throws ErrnoException {
        return dump("list counters", GETOBJ, table.family().number(), request -> NamedCounter.writeTable(request, table),
                NamedCounter::decode).toList();
    }

    /** The elements of a set, in no order. */
    public List<SetElement.Listed> elements(Table table, String set) throws ErrnoException {
        return elements(table, set, Function.identity());
    }

    /** As {@link #elements(Table, String)}, each element turned into something smaller as it comes. */
    public <T> List<T> elements(Table table, String set, Function<SetElement.Listed, T> mapper) throws ErrnoException {
        return dump("list elements of " + table + " " + set, GETSETELEM, table.family().number(),
                request -> request.string(ELEM_LIST_TABLE, table.name()).string(ELEM_LIST_SET, set),
                (family, attributes) -> attributes.nestedOrEmpty(ELEM_LIST_ELEMENTS).all().stream()
                        .map(entry -> mapper.apply(SetElement.Listed.decode(entry.nested()))).toList())
                .flatMap(List::stream).toList();
    }

    @FunctionalInterface
    private interface Decoder<T> {
        T decode(Family family, Attributes attributes);
    }

    /**
     * Lists until all of it is of one generation: the kernel does not mark a listing of elements as interrupted, although
     * it goes on by counting them, and so may pass some over. Each message tells its generation.
     */
    private <T> Stream<T> dump(String operation, int message, int family, Consumer<NetlinkWriter> body,
            Decoder<T> decoder) throws ErrnoException {
        for (int attempt = 0; attempt < DUMP_ATTEMPTS; attempt++) {
            var generations = new HashSet<Short>();
            var listed = connection.dump(operation, type(message), request -> {
                Nfnetlink.header(request, family, 0);
                body.accept(request);
            }, reply -> {
                generations.add(reply.payload().getShort(GENERATION_OFFSET));
                return decoder.decode(family(reply), reply.attributes(Nfnetlink.HEADER));
            });
            if (generations.size() <= 1) {
                return listed.stream();
            }
        }
        throw new NetlinkException(operation, Errno.EINTR,
                "the ruleset changed during each of " + DUMP_ATTEMPTS + " listings");
    }

    static Family family(NetlinkMessage message) {
        return Family.of(Byte.toUnsignedInt(message.payload().get(0)));
    }

    private static int type(int message) {
        return Nfnetlink.type(Nfnetlink.SUBSYS_NFTABLES, message);
    }

    @Override
    public void close() {
        connection.close();
    }
}
