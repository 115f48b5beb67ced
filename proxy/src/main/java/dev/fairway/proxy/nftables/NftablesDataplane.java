package dev.fairway.proxy.nftables;

import dev.fairway.kube.ObjectKey;
import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.nftables.NftBatch;
import dev.fairway.netlink.nftables.NftCommitException;
import dev.fairway.netlink.nftables.Nftables;
import dev.fairway.netlink.socket.NetlinkConnection;
import dev.fairway.proxy.Dataplane;
import dev.fairway.proxy.SyncResult;
import dev.fairway.proxy.conntrack.Sysctls;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.state.DesiredState;
import dev.fairway.proxy.state.ProxyOptions;
import dev.fairway.proxy.state.ServiceState;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The mode nftables, over netlink. */
public final class NftablesDataplane implements Dataplane {
    /** The name of the tables, one per address family. */
    public static final String TABLE = "fairway";

    private static final Logger LOG = System.getLogger(NftablesDataplane.class.getName());
    /** Objects per transaction: some ten milliseconds of the kernel. */
    private static final int CHANGES_PER_BATCH = 8_000;
    private static final Duration HEARING_TIMEOUT = Duration.ofMillis(500);
    private static final String ROUTE_LOCALNET = "net/ipv4/conf/all/route_localnet";

    private final Layout layout;
    private final NftablesOptions options;
    private final Optional<NetworkNamespace> namespace;
    private final Nftables nftables;
    private final Map<ObjectKey, String> failed = new HashMap<>();
    /** Empty until the kernel was read, and again after a failure. */
    private Optional<Planner> planner = Optional.empty();
    private Optional<Runnable> disturbed = Optional.empty();
    private Optional<ForeignChanges> foreign = Optional.empty();
    private int commits;
    /** Nanoseconds of the longest transaction since the last comparison with the whole table. */
    private long longest;
    private int rulesWritten;

    private NftablesDataplane(IpFamily family, NftablesOptions options, Optional<NetworkNamespace> namespace,
            Nftables nftables) {
        this.layout = Layout.of(family);
        this.options = options;
        this.namespace = namespace;
        this.nftables = nftables;
    }

    /**
     * The dataplanes of a network namespace.
     *
     * @param options where {@link ProxyOptions#nodePortAddresses} is empty, node ports listen on every local address;
     *     kube-proxy's own default in this mode is {@code primary}. With {@link ProxyOptions#localhostNodePorts} they are
     *     served on 127.0.0.1 too, which kube-proxy does not do in this mode
     * @param namespace empty for this process's own
     * @throws IOException if the kernel cannot be asked
     */
    public static List<Dataplane> open(ProxyOptions options, Set<IpFamily> families, Optional<NetworkNamespace> namespace) throws IOException {
        var own = NftablesOptions.of(options);
        if (own.localhostNodePorts() && families.contains(IpFamily.IPV4)) {
            new Sysctls(namespace).set(ROUTE_LOCALNET, 1);
        }
        var dataplanes = new ArrayList<Dataplane>();
        for (var family : new TreeSet<>(families)) {
            dataplanes.add(new NftablesDataplane(family, own, namespace, open(namespace)));
        }
        return dataplanes;
    }

    /** One that writes to whatever answers; it does not hear of what others change. */
    static NftablesDataplane over(ProxyOptions options, IpFamily family, NetlinkConnection connection) {
        return new NftablesDataplane(family, NftablesOptions.of(options), Optional.empty(), Nftables.over(connection));
    }

    private static Nftables open(Optional<NetworkNamespace> namespace) throws IOException {
        return namespace.isPresent() ? Nftables.open(namespace.get()) : Nftables.open();
    }

    @Override
    public IpFamily family() {
        return layout.family();
    }

    @Override
    public SyncResult sync(DesiredState state, Set<ObjectKey> changed) throws IOException {
        if (planner.isEmpty()) {
            return reconcile(state);
        }
        rulesWritten = 0;
        changed.forEach(failed::remove);
        try {
            apply(planner.get(), state, new TreeSet<>(changed));
        } catch (NftCommitException drift) {
            LOG.log(Level.DEBUG, "{0}: {1}; comparing everything", layout.table(), drift.getMessage());
            return reconcileAll(state);
        } catch (IOException failure) {
            planner = Optional.empty();
            throw failure;
        }
        return result(false);
    }

    private SyncResult result(boolean full) {
        return new SyncResult(full, Map.copyOf(failed), Map.of("nftables", planner.orElseThrow().mirror().rules()),
                Map.of("nftables", rulesWritten));
    }

    private void apply(Planner plan, DesiredState state, Collection<ObjectKey> keys) throws IOException {
        var group = new ArrayList<ObjectKey>();
        var staging = plan.stage();
        for (var key : keys) {
            plan.plan(key, state, staging);
            group.add(key);
            if (staging.size() >= CHANGES_PER_BATCH) {
                commit(staging);
                staging = plan.stage();
                group.clear();
            }
        }
        commit(staging);
    }

    private void commit(Staging staging) throws IOException {
        var batch = staging.batch();
        if (batch.isEmpty()) {
            return;
        }
        long start = System.nanoTime();
        try {
            nftables.commit(batch);
            longest = Math.max(longest, System.nanoTime() - start);
            commits++;
            rulesWritten += staging.rulesWritten();
        } catch (IOException refused) {
            staging.rollback();
            throw refused;
        }
    }

    /** Applies what can be applied: halves a refused group until the Services at fault stand alone, and sets them aside. */
    private void applyEach(Planner plan, DesiredState state, List<ObjectKey> keys) throws IOException {
        for (int from = 0; from < keys.size(); ) {
            var staging = plan.stage();
            int to = from;
            while (to < keys.size() && staging.size() < CHANGES_PER_BATCH) {
                plan.plan(keys.get(to++), state, staging);
            }
            try {
                commit(staging);
            } catch (NftCommitException refused) {
                if (to - from == 1) {
                    failed.put(keys.get(from), refused.getMessage());
                } else {
                    int middle = (from + to) / 2;
                    applyEach(plan, state, keys.subList(from, middle));
                    applyEach(plan, state, keys.subList(middle, to));
                }
            }
            from = to;
        }
    }

    @Override
    public SyncResult reconcile(DesiredState state) throws IOException {
        rulesWritten = 0;
        try {
            if (planner.isPresent() && planner.get().skeleton().node().equals(state.node()) && foreign.isPresent()) {
                return mend(planner.get(), foreign.get(), state) ? result(false) : reconcileAll(state);
            }
            return reconcileAll(state);
        } catch (IOException failure) {
            planner = Optional.empty();
            throw failure;
        }
    }

    /**
     * Mends what others are known to have changed, and applies what changed besides.
     *
     * @return false if that takes reading everything
     */
    private boolean mend(Planner plan, ForeignChanges changes, DesiredState state) throws IOException {
        boolean heard = changes.awaitGeneration(nftables.generation(), HEARING_TIMEOUT);
        var drained = changes.drain();
        if (heard && !drained.lost() && drained.events().isEmpty() && !agrees(plan)) {
            LOG.log(Level.WARNING, "{0}: is not what it should be, although nobody was heard changing it", layout.table());
            return false;
        }
        var repair = new Repair(layout, plan.mirror());
        repair.take(drained.events());
        if (!heard || drained.lost() || !repair.isPossible()) {
            return false;
        }
        if (repair.touchesRules()) {
            var rules = new KernelReader(nftables, plan.skeleton()).rules();
            if (rules.isEmpty()) {
                return false;
            }
            plan.mirror().chains.clear();
            plan.mirror().chains.putAll(rules.get());
        }
        try {
            var staging = plan.stage();
            plan.mend(repair, state, staging);
            commit(staging);
            apply(plan, state, unplanned(plan, state));
            return true;
        } catch (NftCommitException drift) {
            LOG.log(Level.DEBUG, "{0}: {1}; comparing everything", layout.table(), drift.getMessage());
            return false;
        }
    }

    /** Whether the kernel holds what the mirror says. */
    private boolean agrees(Planner plan) throws IOException {
        var rules = new KernelReader(nftables, plan.skeleton()).rules();
        return rules.isPresent() && rules.get().equals(plan.mirror().chains)
                && Fingerprint.read(nftables, layout).sameAs(Fingerprint.of(plan.mirror()));
    }

    private static List<ObjectKey> unplanned(Planner plan, DesiredState state) {
        var keys = new ArrayList<>(plan.gone(state));
        state.services().stream().filter(service -> !plan.isPlanned(service)).map(ServiceState::key).forEach(keys::add);
        return keys;
    }

    /** Reads the whole table and applies the difference. */
    private SyncResult reconcileAll(DesiredState state) throws IOException {
        failed.clear();
        planner = Optional.empty();
        foreign.ifPresent(ForeignChanges::drain);
        int before = nftables.generation();
        commits = 0;
        longest = 0;
        var skeleton = new Skeleton(layout, options, state.node());
        var reading = new KernelReader(nftables, skeleton).read();
        if (reading.incompatible()) {
            LOG.log(Level.INFO, "{0}: is of another kind and made anew", layout.table());
            nftables.commit(new NftBatch().delete(layout.table()));
            commits++;
        }
        var plan = new Planner(skeleton, reading.mirror());
        var staging = plan.stage();
        plan.dropStrays(staging);
        plan.base(staging);
        commit(staging);
        applyEach(plan, state, state.services().stream().map(ServiceState::key).toList());
        failed.keySet().forEach(key -> state.service(key).ifPresent(plan::keep));
        staging = plan.stage();
        plan.dropLeftovers(staging);
        commit(staging);
        if (!reading.foreign().isEmpty()) {
            LOG.log(Level.INFO, "{0}: takes away chains and sets of another making", layout.table());
            commits += reading.foreign().remove(nftables);
        }
        LOG.log(Level.INFO, "{0}: {1} elements and {2} rules in force after {3} transactions, the longest of {4} ms",
                layout.table(), plan.mirror().elements(), plan.mirror().rules(), commits, longest / 1_000_000);
        planner = Optional.of(plan);
        listen(before + commits);
        return result(true);
    }

    /** Begins to listen only now: hearing of the own cold start would cost as much as the start itself. */
    private void listen(int expected) throws IOException {
        if (disturbed.isEmpty() || foreign.filter(ForeignChanges::isListening).isPresent()) {
            return;
        }
        foreign.ifPresent(ForeignChanges::close);
        var changes = ForeignChanges.start(namespace, layout.table(), nftables.portId(), disturbed.get());
        foreign = Optional.of(changes);
        int now = nftables.generation();
        changes.heardUpTo(expected);
        if (now != expected) {
            LOG.log(Level.DEBUG, "{0}: somebody changed the ruleset meanwhile, comparing again", layout.table());
            changes.heardUpTo(now);
            changes.miss();
            disturbed.get().run();
        }
    }

    /** Mending takes what was heard, and nothing else has to be read. */
    @Override
    public boolean mendsAtOnce() {
        return true;
    }

    @Override
    public void watch(Runnable onDisturbance) {
        disturbed = Optional.of(onDisturbance);
    }

    @Override
    public void close() {
        foreign.ifPresent(ForeignChanges::close);
        nftables.close();
    }
}
