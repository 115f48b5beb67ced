package dev.fairway.testkit.nftables;

import dev.fairway.netlink.nfnetlink.Nfnetlink;
import dev.fairway.netlink.socket.KernelError;
import dev.fairway.netlink.socket.NetlinkConnection;
import dev.fairway.netlink.socket.NetlinkException;
import dev.fairway.netlink.sys.Errno;
import dev.fairway.netlink.sys.ErrnoException;
import dev.fairway.netlink.wire.NetlinkHeader;
import dev.fairway.netlink.wire.NetlinkMessage;
import dev.fairway.netlink.wire.NetlinkWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The nf_tables of a kernel that does not exist: takes the very bytes that the real one takes, applies a batch as a whole
 * or not at all, refuses what the real one refuses, and lists what it holds. It knows what Fairway's rulesets use; of sets
 * with ranges of one field it does not check that ranges do not overlap.
 *
 * {@snippet :
 * var kernel = new FakeKernel();
 * kernel.refuseNext(12);
 * try (var nftables = Nftables.over(kernel.connect())) {
 *     nftables.commit(batch);
 * }
 * }
 */
public final class FakeKernel {
    /** From the start of a message to its attributes: {@code nlmsghdr} and {@code nfgenmsg}. */
    static final int ATTRIBUTES = NetlinkHeader.SIZE + Nfnetlink.HEADER;

    record TableKey(int family, String name) {
    }

    private final Map<TableKey, FakeTable> tables = new LinkedHashMap<>();
    private final Deque<Integer> refusals = new ArrayDeque<>();
    private OptionalInt mostElements = OptionalInt.empty();
    private int errnoOfMost;
    private int generation = 1;
    private int batches;
    private int lastPort = 1000;

    /** Refuses the next batch, whatever it holds; several calls refuse several batches. */
    public synchronized void refuseNext(int errno) {
        refusals.add(errno);
    }

    /** Refuses batches after which there would be more elements than {@code most} in all sets together. */
    public synchronized void limit(int most, int errno) {
        mostElements = OptionalInt.of(most);
        errnoOfMost = errno;
    }

    /** Lifts {@link #limit}. */
    public synchronized void unlimit() {
        mostElements = OptionalInt.empty();
    }

    /** How many batches came, refused ones among them. */
    public synchronized int batches() {
        return batches;
    }

    /** A connection of a port id of its own. */
    public synchronized NetlinkConnection connect() {
        return new Connection(++lastPort);
    }

    /** All that is there, as text that {@link #load} reads. */
    public synchronized String dump() {
        return FakeText.write(tables);
    }

    /** Replaces all that is there by what a text says. */
    public synchronized void load(String text) {
        tables.clear();
        tables.putAll(FakeText.read(text));
        generation++;
    }

    private synchronized List<KernelError> commit(NetlinkWriter messages) {
        batches++;
        var batch = NetlinkMessage.split(messages.buffer());
        int last = batch.get(batch.size() - 2).header().sequence();
        int wanted = batch.getFirst().attributes(Nfnetlink.HEADER).be32(Nfnetlink.BATCH_GENID, 0);
        if (wanted != 0 && wanted != generation) {
            return List.of(error(Errno.ERESTART, batch.getFirst(), -1));
        }
        if (!refusals.isEmpty()) {
            return List.of(error(refusals.poll(), batch.get(1), -1));
        }
        var copy = copy();
        var errors = run(batch, new FakeTransaction(copy, false));
        if (errors.isEmpty() && !new FakeTransaction(copy, false).isValid()) {
            copy = copy();
            errors = run(batch, new FakeTransaction(copy, true));
        }
        if (errors.isEmpty() && mostElements.isPresent() && elements(copy) > mostElements.getAsInt()) {
            errors = List.of(error(errnoOfMost, batch.get(batch.size() - 2), -1));
        }
        if (errors.isEmpty()) {
            tables.clear();
            tables.putAll(copy);
            generation++;
            return List.of(new KernelError(0, last, Optional.empty(), -1));
        }
        return errors;
    }

    private static long elements(Map<TableKey, FakeTable> tables) {
        return tables.values().stream().flatMap(table -> table.sets.values().stream())
                .mapToLong(set -> set.elements.size()).sum();
    }

    private Map<TableKey, FakeTable> copy() {
        var copy = new LinkedHashMap<TableKey, FakeTable>();
        tables.forEach((key, table) -> copy.put(key, table.copy()));
        return copy;
    }

    /** Goes on after an error, as the kernel does, to tell of all that is wrong. */
    private static List<KernelError> run(List<NetlinkMessage> batch, FakeTransaction transaction) {
        var errors = new ArrayList<KernelError>();
        for (var message : batch.subList(1, batch.size() - 1)) {
            try {
                transaction.apply(Nfnetlink.message(message.header().type()), message.header().flags(), family(message),
                        message.payload().slice(Nfnetlink.HEADER, message.payload().limit() - Nfnetlink.HEADER));
            } catch (Refusal refusal) {
                errors.add(error(refusal.errno(), message, refusal.offset()));
            }
        }
        return errors;
    }

    private static KernelError error(int errno, NetlinkMessage message, int offset) {
        return new KernelError(errno, message.header().sequence(), Optional.empty(), offset);
    }

    private static int family(NetlinkMessage message) {
        return Byte.toUnsignedInt(message.payload().get(0));
    }

    private final class Connection implements NetlinkConnection {
        private final int portId;

        Connection(int portId) {
            this.portId = portId;
        }

        @Override
        public int portId() {
            return portId;
        }

        @Override
        public List<NetlinkMessage> query(String operation, int type, int flags, Consumer<NetlinkWriter> body)
                throws ErrnoException {
            if (Nfnetlink.message(type) != FakeListing.GETGEN) {
                throw new NetlinkException(operation, Errno.EOPNOTSUPP, "only the generation is answered");
            }
            synchronized (FakeKernel.this) {
                var answer = new NetlinkWriter();
                answer.message(type, 0, 1, reply -> Nfnetlink.header(reply, 0, 0).be32(1, generation));
                return NetlinkMessage.split(answer.buffer());
            }
        }

        @Override
        public <T> List<T> dump(String operation, int type, Consumer<NetlinkWriter> body, Function<NetlinkMessage, T> decode)
                throws ErrnoException {
            var request = new NetlinkWriter();
            request.message(type, NetlinkHeader.REQUEST | NetlinkHeader.DUMP, 1, body);
            var message = NetlinkMessage.split(request.buffer()).getFirst();
            synchronized (FakeKernel.this) {
                try {
                    return new FakeListing(tables).list(Nfnetlink.message(type), family(message),
                            message.attributes(Nfnetlink.HEADER)).stream().map(decode).toList();
                } catch (Refusal refusal) {
                    throw new NetlinkException(operation, error(refusal.errno(), message, -1));
                }
            }
        }

        @Override
        public List<KernelError> transact(String operation, NetlinkWriter messages) {
            return commit(messages);
        }

        @Override
        public void close() {
            // What the kernel holds outlives those who wrote it.
        }
    }
}
