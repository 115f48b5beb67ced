package dev.fairway.proxy.iptables;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.nfnetlink.Nfnetlink;
import dev.fairway.netlink.socket.NetlinkFamily;
import dev.fairway.netlink.socket.NetlinkSocket;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Tells whether others have changed rules, by the number that nf_tables counts its transactions with: asking for it costs
 * microseconds, whatever the size of the ruleset. One serves all dataplanes of a network namespace.
 *
 * <p>The older iptables mechanism has no such number; there, rules count as changed every time that they may be looked at.
 */
public final class RulesetGeneration implements AutoCloseable {
    private static final Logger LOG = System.getLogger(RulesetGeneration.class.getName());
    /** {@code NFT_MSG_GETGEN}. */
    private static final int GETGEN = 16;
    /** {@code NFTA_GEN_ID}. */
    private static final int GEN_ID = 1;
    private static final Duration INTERVAL = Duration.ofMillis(200);
    /** Between two looks at all rules while the kernel does not say whether they have changed. */
    private static final Duration DEAF_INTERVAL = Duration.ofSeconds(30);
    /** Between two looks at all rules where changes cannot be heard of. */
    private static final Duration LEGACY_INTERVAL = Duration.ofSeconds(1);
    /** When others change rules all the time, there is as much rest between two looks at them as a look takes, to this limit. */
    private static final long MOST_REST_NANOS = Duration.ofMillis(500).toNanos();

    private final Optional<NetlinkSocket> socket;
    private final Set<Runnable> watchers = new CopyOnWriteArraySet<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition closing = lock.newCondition();
    private final Condition quiet = lock.newCondition();
    /** The number when nobody but others had changed anything since {@link #disturbed} was last looked at. */
    private int expected;
    /** Changes of the proxy's own that are being made, and the transactions of all since there was none. */
    private int changing;
    private int transactions;
    private boolean disturbed;
    private volatile long restUntil;
    private int users;
    private boolean watching;

    private RulesetGeneration(Optional<NetlinkSocket> socket) throws IOException {
        this.socket = socket;
        this.expected = read();
        this.restUntil = System.nanoTime();
    }

    /**
     * @param namespace empty for this process's own
     * @param legacy whether iptables keeps its rules by the older mechanism
     */
    static RulesetGeneration open(Optional<NetworkNamespace> namespace, boolean legacy) throws IOException {
        if (legacy) {
            return new RulesetGeneration(Optional.empty());
        }
        return new RulesetGeneration(Optional.of(namespace.isPresent()
                ? namespace.get().netlinkSocket(NetlinkFamily.NETFILTER)
                : NetlinkSocket.open(NetlinkFamily.NETFILTER)));
    }

    /** A change of rules by the proxy itself. */
    @FunctionalInterface
    interface Change {
        void make() throws IOException;
    }

    /** Whether rules are kept by the older mechanism. */
    boolean isLegacy() {
        return socket.isEmpty();
    }

    /**
     * Makes a change, so that it is not taken for one by others; several may be made at a time.
     *
     * @param most the most transactions that the change takes
     */
    void make(int most, Change change) throws IOException {
        begin(most);
        try {
            change.make();
        } finally {
            end();
        }
    }

    private void begin(int most) throws IOException {
        lock.lock();
        try {
            if (changing == 0) {
                int before = read();
                disturbed |= before != expected;
                expected = before;
                transactions = 0;
            }
            changing++;
            transactions += most;
        } finally {
            lock.unlock();
        }
    }

    private void end() throws IOException {
        lock.lock();
        try {
            if (--changing == 0) {
                quiet.signalAll();
                int now = read();
                disturbed |= now - expected > transactions;
                expected = now;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Looks at all rules; until {@code look} begins, every change by others is known to it, and none is reported again. */
    void look(Change look) throws IOException {
        long start = System.nanoTime();
        lock.lock();
        try {
            while (changing > 0) {
                quiet.awaitUninterruptibly();
            }
            expected = read();
            disturbed = false;
        } finally {
            lock.unlock();
        }
        look.make();
        long now = System.nanoTime();
        restUntil = now + Math.min(MOST_REST_NANOS, now - start) + (socket.isEmpty() ? LEGACY_INTERVAL.toNanos() : 0);
    }

    private int read() throws IOException {
        if (socket.isEmpty()) {
            return 0;
        }
        return socket.get().query("get ruleset generation", Nfnetlink.type(Nfnetlink.SUBSYS_NFTABLES, GETGEN), 0,
                        request -> Nfnetlink.header(request, Nfnetlink.NFPROTO_UNSPEC, 0)).stream()
                .findFirst()
                .orElseThrow(() -> new IOException("get ruleset generation: no answer"))
                .attributes(Nfnetlink.HEADER)
                .be32(GEN_ID);
    }

    /** Calls {@code watcher} within a second of a change by others, once even if it watches for several dataplanes. */
    void watch(Runnable watcher) {
        watchers.add(watcher);
        lock.lock();
        try {
            if (!watching) {
                watching = true;
                // It blocks in system calls, and waking a virtual thread would wake three platform threads.
                Thread.ofPlatform().daemon().name("ruleset-generation").start(this::poll);
            }
        } finally {
            lock.unlock();
        }
    }

    private void poll() {
        lock.lock();
        try {
            while (watching) {
                closing.awaitNanos(INTERVAL.toNanos());
                if (watching && System.nanoTime() - restUntil >= 0 && isDisturbed()) {
                    watchers.forEach(Runnable::run);
                }
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** What cannot be asked may have changed. */
    private boolean isDisturbed() {
        if (changing > 0) {
            return false;
        }
        int now;
        try {
            now = read();
        } catch (IOException failure) {
            LOG.log(Level.WARNING, "whether others have changed rules cannot be asked: {0}", failure.getMessage());
            restUntil = System.nanoTime() + DEAF_INTERVAL.toNanos();
            return true;
        }
        boolean is = disturbed || now != expected || socket.isEmpty();
        expected = now;
        disturbed = false;
        return is;
    }

    /** Counts a dataplane that uses this. */
    RulesetGeneration use() {
        lock.lock();
        try {
            users++;
            return this;
        } finally {
            lock.unlock();
        }
    }

    /** Ends when the last of the dataplanes has closed it. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (--users <= 0) {
                watching = false;
                closing.signalAll();
                socket.ifPresent(NetlinkSocket::close);
            }
        } finally {
            lock.unlock();
        }
    }
}
