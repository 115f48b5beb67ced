package dev.fairway.proxy.nftables;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.nftables.NftEvent;
import dev.fairway.netlink.nftables.NftMonitor;
import dev.fairway.netlink.nftables.Table;
import dev.fairway.netlink.sys.Errno;
import dev.fairway.netlink.sys.ErrnoException;
import dev.fairway.netlink.wire.MalformedMessageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Listens for changes that others make to the table, and keeps them until they are asked for. */
final class ForeignChanges implements AutoCloseable {
    private static final Logger LOG = System.getLogger(ForeignChanges.class.getName());
    private static final int RECEIVE_BUFFER = 8 << 20;
    /** More than these are as good as lost: reading everything anew is cheaper. */
    private static final int MAX_EVENTS = 10_000;
    private static final Duration LONG = Duration.ofHours(1);

    private final NftMonitor monitor;
    private final Table table;
    private final int ownPortId;
    private final Runnable disturbed;
    private final Thread thread;
    private final List<NftEvent> events = new ArrayList<>();
    private boolean lost;
    private int generation;
    private volatile boolean closed;

    /**
     * What others did since the last {@link #drain}.
     *
     * @param lost whether something was missed, so that the events do not tell all
     */
    record Drained(boolean lost, List<NftEvent> events) {
    }

    private ForeignChanges(NftMonitor monitor, Table table, int ownPortId, Runnable disturbed) {
        this.monitor = monitor;
        this.table = table;
        this.ownPortId = ownPortId;
        this.disturbed = disturbed;
        this.thread = Thread.ofPlatform().daemon().name("nftables-monitor-" + table.family()).unstarted(this::run);
    }

    /**
     * Starts to listen.
     *
     * @param ownPortId whose changes are passed over
     * @param disturbed called from another thread after a change to the table
     */
    static ForeignChanges start(Optional<NetworkNamespace> namespace, Table table, int ownPortId, Runnable disturbed)
            throws IOException {
        return start(namespace, table, ownPortId, disturbed, RECEIVE_BUFFER);
    }

    /** @param receiveBuffer bytes of changes that the kernel keeps until they are read; what is over that is lost */
    static ForeignChanges start(Optional<NetworkNamespace> namespace, Table table, int ownPortId, Runnable disturbed,
            int receiveBuffer) throws IOException {
        var monitor = namespace.isPresent()
                ? NftMonitor.open(namespace.get(), receiveBuffer) : NftMonitor.open(receiveBuffer);
        var changes = new ForeignChanges(monitor, table, ownPortId, disturbed);
        changes.thread.start();
        return changes;
    }

    private void run() {
        while (!closed) {
            try {
                if (take(monitor.receive(LONG, ownPortId))) {
                    disturbed.run();
                }
            } catch (ErrnoException failure) {
                miss();
                if (!failure.is(Errno.ENOBUFS)) {
                    LOG.log(Level.WARNING, "{0}: changes by others are no longer heard: {1}", table, failure.getMessage());
                    return;
                }
                disturbed.run();
            } catch (MalformedMessageException unreadable) {
                LOG.log(Level.WARNING, "{0}: a change cannot be read, comparing everything: {1}", table,
                        unreadable.getMessage());
                miss();
                disturbed.run();
            }
        }
    }

    private synchronized boolean take(List<NftEvent> heard) {
        boolean own = false;
        for (var event : heard) {
            switch (event) {
                case NftEvent.Generation(int portId, int number) -> {
                    generation = number;
                    notifyAll();
                }
                case NftEvent.Changed changed when changed.table().sameAs(table) -> own |= keep(changed);
                case NftEvent.Elements changed when changed.table().sameAs(table) -> own |= keep(changed);
                case NftEvent.Changed elsewhere -> { }
                case NftEvent.Elements elsewhere -> { }
            }
        }
        return own;
    }

    private boolean keep(NftEvent event) {
        if (events.size() >= MAX_EVENTS) {
            lost = true;
            events.clear();
        }
        if (!lost) {
            events.add(event);
        }
        return true;
    }

    /** Says that something was missed. */
    synchronized void miss() {
        lost = true;
        events.clear();
        notifyAll();
    }

    /** What was heard since the last call; afterwards nothing counts as lost. */
    synchronized Drained drain() {
        var drained = new Drained(lost, List.copyOf(events));
        lost = false;
        events.clear();
        return drained;
    }

    /**
     * Waits until everything up to a generation was heard.
     *
     * @return false if it was not within {@code timeout}, or something was lost
     */
    synchronized boolean awaitGeneration(int wanted, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        try {
            // Generations only grow, and begin again after the largest number.
            while (generation - wanted < 0 && !lost && thread.isAlive()) {
                long left = (deadline - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    return false;
                }
                wait(left);
            }
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            return false;
        }
        return !lost && thread.isAlive();
    }

    /** Whether changes are still heard. */
    boolean isListening() {
        return thread.isAlive();
    }

    /** What counts as heard when listening begins. */
    synchronized void heardUpTo(int number) {
        generation = Math.max(number - generation, 0) + generation;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            monitor.wakeUp();
            thread.join(Duration.ofSeconds(5));
        } catch (ErrnoException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
        }
        if (!thread.isAlive()) {
            monitor.close();
        }
    }
}
