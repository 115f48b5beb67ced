package dev.fairway.proxy;

import dev.fairway.kube.ObjectKey;
import dev.fairway.proxy.change.ChangeTracker;
import dev.fairway.proxy.change.ServiceSnapshot;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.model.Node;
import dev.fairway.proxy.state.NodePortRange;
import dev.fairway.proxy.state.NodeState;
import dev.fairway.proxy.state.ProxyOptions;
import dev.fairway.proxy.state.ServiceState;
import dev.fairway.proxy.state.ServiceStates;
import dev.fairway.proxy.state.StateTable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One address family of a node's proxy: its desired state, and its dataplane. Only the sync loop's thread calls it. */
final class FamilySync implements AutoCloseable {
    private static final Logger LOG = System.getLogger(FamilySync.class.getName());

    /** How old the knowledge of the node's addresses may be: to list them costs as much as a small sync. */
    private static final Duration ADDRESSES_AGE = Duration.ofSeconds(5);
    private static final Duration LONGEST_RETRY = Duration.ofMinutes(10);
    private final Dataplane dataplane;
    private final ProxyOptions options;
    private final LocalAddresses addresses;
    private final SyncListener listener;
    private final StateTable state;
    /** What the dataplane has not taken yet, with what it was before. */
    private final Map<ObjectKey, Optional<ServiceState>> pending = new HashMap<>();
    private final List<Long> triggered = new ArrayList<>();
    private Node node;
    private boolean reconcile = true;
    private long refreshed;
    /** The Services that the kernel refused; what it lacks today it may have tomorrow. */
    private Set<ObjectKey> refused = Set.of();
    private Duration untilRetry = Duration.ZERO;
    private long retryAt;

    FamilySync(
            Dataplane dataplane, ProxyOptions options, LocalAddresses addresses, SyncListener listener, Node node) {
        this.dataplane = dataplane;
        this.options = options;
        this.addresses = addresses;
        this.listener = listener;
        this.node = node;
        this.state = new StateTable(dataplane.family(), NodeState.of(options, dataplane.family(), node, List.of()));
    }

    IpFamily family() {
        return dataplane.family();
    }

    void watch(Runnable disturbed) {
        try {
            dataplane.watch(disturbed);
        } catch (IOException deaf) {
            LOG.log(Level.WARNING, "{0}: changes of rules by others cannot be heard, and are mended every {1}: {2}",
                    family(), options.syncPeriod(), deaf.getMessage());
        }
    }

    /** Takes changes into the desired state. */
    void take(ChangeTracker.Changes changes) {
        node = changes.node();
        if (changes.nodeChanged() || reconcile || System.nanoTime() - refreshed > ADDRESSES_AGE.toNanos()) {
            refreshNode();
            refreshed = System.nanoTime();
        }
        ServiceStates states = new ServiceStates(family(), state.node());
        for (ServiceSnapshot snapshot : changes.services()) {
            Optional<ServiceState> before = state.service(snapshot.key());
            Optional<ServiceState> now = snapshot.service().flatMap(service -> states.of(service, snapshot.slices()));
            if (state.put(snapshot.key(), now)) {
                pending.putIfAbsent(snapshot.key(), before);
                triggered.addAll(snapshot.triggeredMillis());
            }
        }
        if (!refused.isEmpty() && System.nanoTime() - retryAt >= 0) {
            refused.forEach(key -> pending.putIfAbsent(key, state.service(key)));
        }
        if (hasWork()) {
            listener.queued(family());
        }
    }

    /** A sync period after a refusal, then after twice as long each time, as others may have to wait for the attempt. */
    private void remember(Set<ObjectKey> failed) {
        boolean again = !failed.isEmpty() && failed.equals(refused) && System.nanoTime() - retryAt >= 0;
        if (again || !failed.equals(refused)) {
            Duration next = again ? untilRetry.multipliedBy(2) : options.syncPeriod();
            untilRetry = next.compareTo(LONGEST_RETRY) > 0 ? LONGEST_RETRY : next;
            retryAt = System.nanoTime() + untilRetry.toNanos();
        }
        refused = Set.copyOf(failed);
    }

    /** Looks again at what rules depend on besides objects: the node's addresses. */
    private void refreshNode() {
        try {
            NodeState now = nodeState();
            if (!now.equals(state.node())) {
                state.node(now);
                reconcile = true;
            }
        } catch (IOException unreadable) {
            LOG.log(Level.WARNING, "{0}: the node's addresses cannot be read, node ports keep theirs: {1}", family(),
                    unreadable.getMessage());
        }
    }

    private NodeState nodeState() throws IOException {
        boolean all = NodePortRange.of(options.nodePortAddresses(), family(), node).all();
        return NodeState.of(options, family(), node, all ? List.of() : addresses.list());
    }

    boolean mendsAtOnce() {
        return dataplane.mendsAtOnce();
    }

    void requestReconcile() {
        reconcile = true;
    }

    boolean hasWork() {
        return reconcile || !pending.isEmpty();
    }

    /** Brings the kernel to the desired state. False if that has to be tried again. */
    boolean sync() {
        if (!hasWork()) {
            return true;
        }
        long start = System.nanoTime();
        boolean full = reconcile;
        try {
            SyncResult result = full ? dataplane.reconcile(state) : dataplane.sync(state, Map.copyOf(pending).keySet());
            List<StateChange> changes = new ArrayList<>(pending.size());
            pending.forEach((key, before) -> changes.add(new StateChange(key, before, state.service(key))));
            List<Long> times = List.copyOf(triggered);
            pending.clear();
            triggered.clear();
            reconcile = false;
            remember(result.failed().keySet());
            listener.synced(new SyncReport(state, result, changes, times, Duration.ofNanos(System.nanoTime() - start)));
            return true;
        } catch (IOException failure) {
            LOG.log(Level.ERROR, "{0}: sync failed, to be tried again: {1}", family(), failure.getMessage());
            return failed(full, failure);
        } catch (RuntimeException bug) {
            LOG.log(Level.ERROR, family() + ": sync failed unexpectedly, to be tried again", bug);
            return failed(full, new IOException(bug));
        }
    }

    private boolean failed(boolean full, IOException why) {
        listener.failed(family(), full, why);
        reconcile = true;
        return false;
    }

    @Override
    public void close() {
        dataplane.close();
    }
}
