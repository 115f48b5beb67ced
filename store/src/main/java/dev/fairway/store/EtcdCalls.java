package dev.fairway.store;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.CompactOption;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;

/** The calls to etcd: its keys and errors are translated here, and what may safely be asked again is. */
final class EtcdCalls implements AutoCloseable {

    /** Between two tries, in milliseconds; elections take about a second. */
    private static final long PAUSE = 50;
    /** How long calls fail, in nanoseconds, until the connection is to blame. */
    private static final long BLAME = TimeUnit.SECONDS.toNanos(1);

    private final EtcdConnection connection;
    private final Duration timeout;
    /** UNKNOWN is what a call gets whose connection is closed beneath it. */
    private static final Set<Status.Code> PASSING = EnumSet.of(Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED,
            Status.Code.CANCELLED, Status.Code.ABORTED, Status.Code.UNKNOWN, Status.Code.INTERNAL);

    private final String data;
    private final ByteSequence progress;
    private final ByteSequence offsetKey;
    /** What the store's revisions are greater by than etcd's: after a restore they go on where the backup's ended. */
    private volatile long offset;

    EtcdCalls(EtcdOptions options) throws SSLException {
        this.connection = new EtcdConnection(options);
        this.timeout = options.timeout();
        this.data = options.prefix() + "/data";
        // Behind the data, in etcd's order.
        this.progress = bytes(options.prefix() + "/progress");
        this.offsetKey = bytes(options.prefix() + "/offset");
    }

    /** To be called before any other: reads by how much the store's revisions differ from etcd's. */
    void readOffset() {
        get(offsetKey, GetOption.DEFAULT).getKvs().stream().findFirst()
                .ifPresent(kv -> offset = Long.parseLong(kv.getValue().toString(StandardCharsets.UTF_8)));
    }

    /** Lets the store's revisions, from now on, be greater than {@code least}. */
    void raiseRevisions(long least) {
        long missing = least - revision();
        if (missing > 0) {
            long raised = offset + missing;
            retrying(() -> connection.kv().put(offsetKey, bytes(Long.toString(raised))));
            offset = raised;
        }
    }

    /** A revision of the store's, of one of etcd's. */
    long fromEtcd(long revision) {
        return revision + offset;
    }

    /** A revision of etcd's, of one of the store's: 1, the oldest there may be, for those from before the offset. */
    long toEtcd(long revision) {
        return Math.max(1, revision - offset);
    }

    static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    /** The etcd key of one of the store's keys. */
    ByteSequence key(String key) {
        return bytes(data + key);
    }

    /** The key that is written to see whether a watch has come as far as the writer. */
    ByteSequence progressKey() {
        return progress;
    }

    /** Behind all keys of the store, the progress key included. */
    ByteSequence end() {
        return progress.concat(ByteSequence.from(new byte[1]));
    }

    /** Whether an etcd key between {@code key("")} and {@link #end()} is one of the store's. */
    boolean isData(ByteSequence key) {
        return key.startsWith(key(""));
    }

    /** The first etcd key behind all those with a prefix. */
    ByteSequence endOf(String prefix) {
        return bytes(VersionIndex.endOf(data + prefix));
    }

    Entry entry(KeyValue kv) {
        return new Entry(name(kv.getKey()), kv.getValue().getBytes(), fromEtcd(kv.getCreateRevision()),
                fromEtcd(kv.getModRevision()));
    }

    String name(ByteSequence key) {
        return key.toString(StandardCharsets.UTF_8).substring(data.length());
    }

    /** Something to be done when watches have ended because there is a new connection. */
    void onRenewed(Runnable action) {
        connection.onRenewed(action);
    }

    Watch watchClient() {
        return connection.watch();
    }

    /** A read: asked again until it is answered or the time is up. */
    GetResponse get(ByteSequence key, GetOption option) {
        return retrying(() -> connection.kv().get(key, option));
    }

    /** The newest revision of the cluster, agreed upon by a majority of its members. */
    long revision() {
        return fromEtcd(get(progress, GetOption.builder().withCountOnly(true).build()).getHeader().getRevision());
    }

    /** Writes the progress key; returns the revision. */
    long touchProgress() {
        return fromEtcd(retrying(() -> connection.kv().put(progress, ByteSequence.EMPTY)).getHeader().getRevision());
    }

    /**
     * Does {@code op} if the key is at a revision (0: if there is none), else reads what is there. It may be carried out
     * and fail all the same; then nobody knows.
     */
    TxnResponse ifAt(String key, long modRevision, Op op) {
        ByteSequence name = key(key);
        long compared = modRevision == 0 ? 0 : toEtcd(modRevision);
        return once(() -> connection.kv().txn()
                .If(new Cmp(name, Cmp.Op.EQUAL, CmpTarget.modRevision(compared)))
                .Then(op)
                .Else(Op.get(name, GetOption.DEFAULT))
                .commit(), timeout.toNanos());
    }

    /** Removes all keys. */
    void clear() {
        retrying(() -> connection.kv().delete(key(""), DeleteOption.builder().withRange(endOf("")).build()));
    }

    Op put(String key, byte[] value) {
        return Op.put(key(key), ByteSequence.from(value), PutOption.builder().withPrevKV().build());
    }

    Op delete(String key) {
        return Op.delete(key(key), DeleteOption.DEFAULT);
    }

    /** Compacts; a cluster that is compacted as far already is as good. */
    void compact(long revision) {
        try {
            retrying(() -> connection.kv().compact(toEtcd(revision), CompactOption.DEFAULT));
        } catch (StoreException e) {
            if (!isCompacted(e)) {
                throw e;
            }
        }
    }

    static boolean isCompacted(StoreException e) {
        return isOutOfRange(e, "required revision has been compacted");
    }

    static boolean isFuture(StoreException e) {
        return isOutOfRange(e, "required revision is a future revision");
    }

    private static boolean isOutOfRange(StoreException e, String words) {
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause.getMessage() != null && cause.getMessage().contains(words)) {
                return true;
            }
        }
        return false;
    }

    /** Whether nobody knows if the call was carried out, or it certainly was not: a cause to ask again. */
    static boolean isPassing(StoreException e) {
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            boolean passing = switch (cause) {
                case TimeoutException timeout -> true;
                case StatusRuntimeException failure -> PASSING.contains(failure.getStatus().getCode());
                case StatusException failure -> PASSING.contains(failure.getStatus().getCode());
                default -> false;
            };
            if (passing) {
                return true;
            }
        }
        return false;
    }

    private <T> T retrying(Supplier<CompletableFuture<T>> call) {
        return retrying(left -> once(call, left));
    }

    /** Something to be done within so many nanoseconds. */
    @FunctionalInterface
    interface Attempt<T> {
        T within(long nanos);
    }

    /** Tries until it is done or the time is up. */
    <T> T retrying(Attempt<T> attempt) {
        long start = System.nanoTime();
        long end = start + timeout.toNanos();
        while (true) {
            try {
                // A member that does not answer must not use up the time that another would need.
                return attempt.within(Math.max(1, Math.min(end - System.nanoTime(), timeout.toNanos() / 3)));
            } catch (StoreException e) {
                if (!isPassing(e) || System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PAUSE) >= end) {
                    throw e;
                }
                if (isUnavailable(e) && System.nanoTime() - start > BLAME) {
                    connection.renew();
                }
                pause();
            }
        }
    }

    private static boolean isUnavailable(StoreException e) {
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof StatusRuntimeException failure && failure.getStatus().getCode() == Status.Code.UNAVAILABLE) {
                return true;
            }
        }
        return false;
    }

    static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted while waiting for etcd", e);
        }
    }

    /** What gRPC says, and what it wraps in that: a refused connection, or certificates that are not believed. */
    private static String reason(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String said = failure.getMessage();
        return root == failure || root.getMessage() == null || said.contains(root.getMessage())
                ? said : said + ": " + root.getMessage();
    }

    private static <T> T once(Supplier<CompletableFuture<T>> call, long nanos) {
        CompletableFuture<T> answer = call.get();
        try {
            return answer.get(nanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new StoreException("etcd: " + reason(e.getCause()), e.getCause());
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new StoreException("etcd: no answer in " + Duration.ofNanos(nanos).toMillis() + " ms", e);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted while waiting for etcd", e);
        }
    }

    Duration timeout() {
        return timeout;
    }

    @Override
    public void close() {
        connection.close();
    }
}
