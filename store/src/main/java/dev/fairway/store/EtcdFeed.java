package dev.fairway.store;

import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.common.exception.CompactedException;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Keeps an {@link MvccCore} equal to what etcd has, by one watch over the whole store. Every reader of this process is
 * served from the core, so that a thousand watchers are one to etcd.
 */
final class EtcdFeed implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(EtcdFeed.class.getName());

    /** How much history is read at the start, in revisions, so that watchers of a server before this one can go on. */
    private static final long HISTORY = 10_000;
    private static final int PAGE = 1_000;

    /** What a watch says carries its number: a watch that was given up is not listened to. */
    private sealed interface Message {}

    private record Changes(int watch, List<WatchEvent> events) implements Message {}

    private record Broken(int watch, Throwable cause) implements Message {}

    private record Stop() implements Message {}

    private final EtcdCalls calls;
    private final int watchCapacity;
    private final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
    private final Object advanced = new Object();
    private final Thread thread;
    private volatile MvccCore core;
    private Watch.Watcher watcher;
    private volatile int watches;
    private volatile boolean closed;

    EtcdFeed(EtcdCalls calls, int watchCapacity) {
        this.calls = calls;
        this.watchCapacity = watchCapacity;
        long newest = calls.revision();
        this.core = read(newest);
        calls.onRenewed(() -> messages.add(new Broken(watches, null)));
        watch();
        this.thread = Thread.ofPlatform().daemon().name("store-etcd").start(this::run);
    }

    MvccCore core() {
        return core;
    }

    /** Waits until the core has reached a revision; false when the time is up. */
    boolean await(long revision, Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
        synchronized (advanced) {
            while (core.revision() < revision && !closed) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    return false;
                }
                try {
                    advanced.wait(left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new StoreException("interrupted while waiting for etcd", e);
                }
            }
        }
        return true;
    }

    /** The store some way back in history, so far as etcd still has it. */
    private MvccCore read(long newest) {
        long base = oldestReadable(Math.max(calls.fromEtcd(1), newest - HISTORY), newest);
        try {
            return new MvccCore(base, base, watchCapacity, entries(base), List.of());
        } catch (StoreException e) {
            if (EtcdCalls.isCompacted(e)) {
                // Compacted while it was read.
                return read(calls.revision());
            }
            throw e;
        }
    }

    /** etcd does not say how far it is compacted; it has to be found by trying. */
    private long oldestReadable(long from, long newest) {
        long low = from;
        long high = newest;
        while (low < high) {
            long middle = low == from ? low : (low + high) >>> 1;
            if (isReadable(middle)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return high;
    }

    private boolean isReadable(long revision) {
        try {
            calls.get(calls.progressKey(), GetOption.builder().withRevision(calls.toEtcd(revision)).withCountOnly(true).build());
            return true;
        } catch (StoreException e) {
            if (EtcdCalls.isCompacted(e)) {
                return false;
            }
            throw e;
        }
    }

    private List<Entry> entries(long revision) {
        List<Entry> entries = new ArrayList<>();
        String next = "";
        while (true) {
            GetResponse page = calls.get(calls.key(next), GetOption.builder().withRange(calls.endOf(""))
                    .withRevision(calls.toEtcd(revision)).withLimit(PAGE).build());
            page.getKvs().forEach(kv -> entries.add(calls.entry(kv)));
            if (!page.isMore()) {
                return entries;
            }
            next = entries.getLast().key() + "\0";
        }
    }

    private void watch() {
        WatchOption option = WatchOption.builder().withRange(calls.end()).withRevision(calls.toEtcd(core.revision() + 1))
                .withRequireLeader(true).build();
        int number = ++watches;
        watcher = calls.watchClient().watch(calls.key(""), option, Watch.listener(
                response -> messages.add(new Changes(number, response.getEvents())),
                error -> messages.add(new Broken(number, error)),
                () -> messages.add(new Broken(number, null))));
    }

    private void run() {
        while (true) {
            Message message;
            try {
                message = messages.take();
            } catch (InterruptedException e) {
                // Nobody interrupts this thread on purpose; its end is a Stop.
                continue;
            }
            switch (message) {
                case Changes(int watch, List<WatchEvent> events) -> {
                    if (watch == watches) {
                        apply(events);
                    }
                }
                case Broken(int watch, Throwable cause) -> {
                    if (watch == watches) {
                        again(cause);
                    }
                }
                case Stop() -> {
                    return;
                }
            }
        }
    }

    private void apply(List<WatchEvent> changes) {
        List<Event> events = new ArrayList<>();
        long newest = core.revision();
        Map<String, Optional<Entry>> changed = new HashMap<>();
        for (WatchEvent change : changes) {
            KeyValue kv = change.getKeyValue();
            long revision = calls.fromEtcd(kv.getModRevision());
            // A watch that was begun again may bring what is known.
            if (revision <= core.revision()) {
                continue;
            }
            newest = Math.max(newest, revision);
            if (!calls.isData(kv.getKey())) {
                continue;
            }
            String key = calls.name(kv.getKey());
            Optional<Entry> previous = changed.getOrDefault(key, core.newest(key));
            switch (change.getEventType()) {
                case PUT -> {
                    Entry entry = calls.entry(kv);
                    events.add(Event.put(entry, previous.orElse(null)));
                    changed.put(key, Optional.of(entry));
                }
                case DELETE -> {
                    previous.ifPresent(entry -> events.add(Event.delete(entry, revision)));
                    changed.put(key, Optional.empty());
                }
                case UNRECOGNIZED -> LOG.log(System.Logger.Level.WARNING, "etcd sent an event of an unknown type");
            }
        }
        if (newest > core.revision()) {
            core.apply(events, newest);
            synchronized (advanced) {
                advanced.notifyAll();
            }
        }
    }

    /** Begins the watch again where it broke; if history has gone meanwhile, everything is read anew. */
    private void again(Throwable cause) {
        if (closed) {
            return;
        }
        watcher.close();
        LOG.log(System.Logger.Level.INFO, () -> "the watch on etcd broke"
                + (cause == null ? "" : ": " + cause.getMessage()) + "; beginning again");
        try {
            EtcdCalls.pause();
            if (cause instanceof CompactedException) {
                MvccCore old = core;
                core = read(calls.revision());
                old.fail(new StoreException("the watch on etcd lost its place"));
            }
            watch();
        } catch (StoreException e) {
            messages.add(new Broken(watches, e));
        }
    }

    @Override
    public void close() {
        closed = true;
        messages.add(new Stop());
        watcher.close();
        core.close();
        synchronized (advanced) {
            advanced.notifyAll();
        }
    }
}
