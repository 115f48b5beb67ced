package dev.fairway.proxy.iptables;

import dev.fairway.kube.ObjectKey;
import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.proxy.Dataplane;
import dev.fairway.proxy.SyncResult;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.state.DesiredState;
import dev.fairway.proxy.state.ProxyOptions;
import dev.fairway.proxy.state.ServiceState;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** The mode iptables. */
public final class IptablesDataplane implements Dataplane {
    private static final Logger LOG = System.getLogger(IptablesDataplane.class.getName());
    private static final int SERVICES_PER_CALL = 150;
    /** More would mostly wait for each other: each begins anew when another one has committed meanwhile. */
    private static final int MOST_CALLS = 2;
    /** A large chunk takes seconds; past this a tool hangs. */
    private static final Duration COMMAND_TIMEOUT = Duration.ofMinutes(2);
    private static final String ROUTE_LOCALNET = "net/ipv4/conf/all/route_localnet";

    private final IpFamily family;
    private final ProxyOptions options;
    private final IptablesTool tool;
    private final PacketCounters counters;
    private final Sysctls sysctls;
    private final RulesetGeneration generation;
    private final LargeCluster largeCluster = LargeCluster.DEFAULT;
    private final Map<ObjectKey, String> failed = new HashMap<>();
    private final Map<String, Integer> written = new ConcurrentHashMap<>();
    /** Empty until the kernel was read, and again after a failure. */
    private Optional<Mirror> mirror = Optional.empty();

    IptablesDataplane(IpFamily family, ProxyOptions options, CommandRunner commands, PacketCounters counters, Sysctls sysctls,
            RulesetGeneration generation) {
        this.family = family;
        this.options = options;
        this.tool = new IptablesTool(family, commands);
        this.counters = counters;
        this.sysctls = sysctls;
        this.generation = generation.use();
    }

    /**
     * The dataplanes of a network namespace. A family that the tools or the kernel do not know is left out with a warning, as
     * long as another one is left.
     *
     * @param namespace empty for this process's own
     * @throws IOException if none of the families can be served, or the kernel cannot be asked
     */
    public static List<Dataplane> open(ProxyOptions options, Set<IpFamily> families, Optional<NetworkNamespace> namespace)
            throws IOException {
        CommandRunner commands = new NamespaceCommands(namespace, COMMAND_TIMEOUT);
        Set<IpFamily> usable = usable(families, commands);
        boolean legacy = new IptablesTool(usable.iterator().next(), commands).isLegacy();
        RulesetGeneration generation = RulesetGeneration.open(namespace, legacy);
        List<Dataplane> dataplanes = new ArrayList<>();
        for (IpFamily family : usable) {
            dataplanes.add(new IptablesDataplane(family, options, commands, new NfacctCounters(namespace),
                    Sysctls.of(namespace), generation));
        }
        return dataplanes;
    }

    private static Set<IpFamily> usable(Set<IpFamily> families, CommandRunner commands) throws IOException {
        Set<IpFamily> usable = new TreeSet<>();
        List<IOException> failures = new ArrayList<>();
        for (IpFamily family : new TreeSet<>(families)) {
            try {
                new IptablesTool(family, commands).check();
                usable.add(family);
            } catch (IOException unusable) {
                failures.add(unusable);
            }
        }
        if (usable.isEmpty()) {
            throw failures.isEmpty() ? new IOException("no address family to serve") : failures.getFirst();
        }
        failures.forEach(failure -> LOG.log(Level.WARNING, "only {0} is served: {1}", usable, failure.getMessage()));
        return usable;
    }

    @Override
    public IpFamily family() {
        return family;
    }

    @Override
    public SyncResult sync(DesiredState state, Set<ObjectKey> changed) throws IOException {
        if (mirror.isEmpty()) {
            return reconcile(state);
        }
        written.clear();
        Mirror current = mirror.get();
        try {
            boolean commented = !largeCluster.is(state);
            SequencedMap<ObjectKey, ServiceRules> chunk = new LinkedHashMap<>();
            for (ObjectKey key : new TreeSet<>(changed)) {
                chunk.put(key, state.service(key)
                        .map(service -> current.generator().rules(service, commented))
                        .orElse(ServiceRules.NONE));
                if (chunk.size() == SERVICES_PER_CALL) {
                    apply(current, state, chunk, commented);
                    chunk.clear();
                }
            }
            apply(current, state, chunk, commented);
        } catch (RefusedException refused) {
            LOG.log(Level.DEBUG, "{0}: {1}; comparing everything", family, refused.getMessage());
            return reconcile(state);
        } catch (IOException failure) {
            mirror = Optional.empty();
            throw failure;
        }
        changed.forEach(failed::remove);
        return new SyncResult(false, Map.copyOf(failed), current.totals(), Map.copyOf(written));
    }

    private void apply(Mirror current, DesiredState state, SequencedMap<ObjectKey, ServiceRules> chunk, boolean commented)
            throws IOException {
        RestoreInput input = ChangePlan.of(current, chunk);
        if (!input.isEmpty()) {
            restore(input);
        }
        chunk.forEach((key, rules) -> {
            Optional<ServiceState> service = state.service(key);
            if (service.isPresent()) {
                current.put(service.get(), commented, rules);
            } else {
                current.remove(key);
            }
        });
    }

    @Override
    public SyncResult reconcile(DesiredState state) throws IOException {
        mirror = Optional.empty();
        written.clear();
        failed.clear();
        RuleOptions rules = RuleOptions.of(options, state.node(), family,
                counters.ensure(Set.of(PacketCounters.INVALID_DROPPED, PacketCounters.LOCALHOST_NODE_PORTS)));
        if (rules.localhostNodePorts()) {
            sysctls.write(ROUTE_LOCALNET, "1");
        }
        Mirror target = new Mirror(new RuleGenerator(rules, state.node()), BaseRules.of(rules, state.node()));
        generation.look(() -> {
            Reconciler reconciler = new Reconciler(this::restore, tool.save(), target, callsAtATime());
            reconciler.run(state, !largeCluster.is(state));
            failed.putAll(reconciler.failed());
        });
        mirror = Optional.of(target);
        return new SyncResult(true, Map.copyOf(failed), target.totals(), Map.copyOf(written));
    }

    /** The older mechanism has one lock for all; nf_tables commits one after the other, but reads what it is told side by side. */
    private int callsAtATime() {
        return generation.isLegacy() ? 1 : Math.min(MOST_CALLS, Runtime.getRuntime().availableProcessors());
    }

    /** May be called by several threads at a time. */
    private void restore(RestoreInput input) throws IOException {
        generation.make(input.transactions(), () -> tool.restore(input));
        input.rulesWritten().forEach((table, rules) -> written.merge(table.toString(), rules, Integer::sum));
    }

    /** Who keeps disturbing is met with rest by {@link RulesetGeneration}. */
    @Override
    public boolean mendsAtOnce() {
        return true;
    }

    @Override
    public void watch(Runnable disturbed) {
        generation.watch(disturbed);
    }

    @Override
    public void close() {
        generation.close();
    }
}
