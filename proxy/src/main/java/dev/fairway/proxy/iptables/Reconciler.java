package dev.fairway.proxy.iptables;

import dev.fairway.kube.ObjectKey;
import dev.fairway.proxy.state.DesiredState;
import dev.fairway.proxy.state.ServiceState;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Brings the kernel's rules to a desired state, whatever they are: first the chains that others are built on, then the
 * chains of Services, then the rules that lead to them, at last the removal of what nothing leads to any more. What is as it
 * should be is left alone, so that at no moment a Service loses rules that it has and should have.
 */
final class Reconciler {
    private static final Logger LOG = System.getLogger(Reconciler.class.getName());
    /** iptables-restore takes time quadratic in the chains of one call, and some milliseconds for each call. */
    private static final int CHAINS_PER_CALL = 900;
    private static final int RULES_PER_CALL = 6_000;
    /**
     * Where shared chains are filled, Services are led to in groups: each time the kernel checks all that can be reached from
     * its own chains, and a Service is served as soon as its group is.
     */
    private static final int SERVICES_PER_GROUP = 2_500;
    private static final int REMOVALS_PER_CALL = 1000;
    private static final int MOST_REFUSALS = 1000;

    /** Applies a change, as {@link IptablesTool#restore}. */
    @FunctionalInterface
    interface Restore {
        void apply(RestoreInput input) throws IOException;
    }

    private final Restore restore;
    private final KernelRules kernel;
    private final Mirror target;
    private final int calls;
    private final Map<ObjectKey, String> failed = new ConcurrentHashMap<>();
    private final Map<String, Long> stale;
    /** Shared chains that the kernel has no rule in: they are filled Service by Service. */
    private final Set<SharedChain> filling = EnumSet.noneOf(SharedChain.class);

    /** @param calls how many calls of iptables-restore may run at a time */
    Reconciler(Restore restore, KernelRules kernel, Mirror target, int calls) {
        this.calls = calls;
        this.restore = restore;
        this.kernel = kernel;
        this.target = target;
        this.stale = new HashMap<>(kernel.serviceChains());
        for (SharedChain chain : SharedChain.values()) {
            if (kernel.rules(chain).isEmpty()) {
                filling.add(chain);
            }
        }
    }

    /** Services that the kernel refused, with its reason. */
    Map<ObjectKey, String> failed() {
        return failed;
    }

    /** Afterwards the target mirrors the kernel. */
    void run(DesiredState state, boolean commented) throws IOException {
        base();
        serviceChains(state, commented);
        sharedChains();
        removeStale();
    }

    private void base() throws IOException {
        RestoreInput input = new RestoreInput();
        target.base().chains().forEach((table, chains) -> chains.forEach((chain, rules) -> {
            if (!kernel.rules(table, chain).equals(Optional.of(rules))) {
                input.rewrite(table, chain, rules, Optional.empty());
            }
        }));
        for (SharedChain chain : SharedChain.values()) {
            if (!kernel.has(chain)) {
                input.declare(chain.table(), chain.chain(), Optional.empty());
            }
        }
        BaseRules.JUMPS.stream()
                .collect(Collectors.groupingBy(jump -> Map.entry(jump.table(), jump.from())))
                .forEach((from, jumps) -> jumps(from.getKey(), from.getValue(), jumps, input));
        apply(input);
    }

    /** Where a jump of a chain is missing, all of that chain's are set anew, for the sake of their order. */
    private void jumps(Table table, String from, List<BaseRules.Jump> jumps, RestoreInput input) {
        List<String> wanted = jumps.stream().map(BaseRules.Jump::rule).toList().reversed();
        List<String> there = kernel.rules(table, from).orElse(List.of()).stream().filter(wanted::contains).toList();
        if (!there.equals(wanted)) {
            there.forEach(rule -> input.delete(table, from, rule, Optional.empty()));
            jumps.forEach(jump -> input.insert(table, from, 1, jump.rule(), Optional.empty()));
        }
    }

    private void apply(RestoreInput input) throws IOException {
        if (!input.isEmpty()) {
            restore.apply(input);
        }
    }

    /**
     * What a Service is to have.
     *
     * @param missing those of its chains that the kernel has not, or not as they should be
     */
    private record Planned(ServiceState state, boolean commented, ServiceRules rules, List<String> missing) {}

    /** While some parts are written, the next is computed. */
    private void serviceChains(DesiredState state, boolean commented) throws IOException {
        Beside besides = new Beside(calls);
        List<Map<ObjectKey, Planned>> group = new ArrayList<>();
        Map<ObjectKey, Planned> chunk = new LinkedHashMap<>();
        int chains = 0;
        int rules = 0;
        int inGroup = 0;
        for (ServiceState service : state.services()) {
            Planned planned = plan(service, commented);
            chunk.put(service.key(), planned);
            chains += planned.missing().size();
            rules += planned.missing().stream().mapToInt(chain -> planned.rules().chains().get(chain).size()).sum();
            boolean groupIsFull = ++inGroup >= SERVICES_PER_GROUP;
            if (groupIsFull || chains >= CHAINS_PER_CALL || rules >= RULES_PER_CALL) {
                group.add(chunk);
                build(besides, chunk);
                if (groupIsFull) {
                    lead(besides, group);
                    group = new ArrayList<>();
                }
                chunk = new LinkedHashMap<>();
                chains = 0;
                rules = 0;
                inGroup = groupIsFull ? 0 : inGroup;
            }
        }
        group.add(chunk);
        build(besides, chunk);
        lead(besides, group);
        besides.await();
    }

    /** Rules that the kernel has in the other style, from before the cluster grew or shrank, are as good. */
    private Planned plan(ServiceState service, boolean commented) {
        ServiceRules rules = target.generator().rules(service, commented);
        List<String> missing = missing(rules);
        if (!missing.isEmpty() && service.ports().stream().anyMatch(port -> !port.backends().reachable().isEmpty())) {
            ServiceRules other = target.generator().rules(service, !commented);
            if (missing(other).isEmpty()) {
                return new Planned(service, !commented, other, List.of());
            }
        }
        return new Planned(service, commented, rules, missing);
    }

    private List<String> missing(ServiceRules rules) {
        List<String> missing = new ArrayList<>();
        rules.chains().forEach((chain, lines) -> {
            if (!isInKernel(chain, lines)) {
                missing.add(chain);
            }
        });
        return missing;
    }

    private boolean isInKernel(String chain, List<String> rules) {
        Long digest = kernel.serviceChains().get(chain);
        return digest != null && digest == Digest.of(rules);
    }

    /** Writes Services' own chains; those that the kernel refuses are gone from {@code chunk} afterwards. */
    private void build(Beside besides, Map<ObjectKey, Planned> chunk) throws IOException {
        besides.run(() -> applyWithoutRefused(chunk, (key, planned, input) -> planned.missing().forEach(chain ->
                input.rewrite(Table.NAT, chain, planned.rules().chains().get(chain), Optional.of(key)))));
    }

    /** Once all chains of a group are there, and the groups before are led to. */
    private void lead(Beside besides, List<Map<ObjectKey, Planned>> chunks) throws IOException {
        besides.await();
        Map<ObjectKey, Planned> group = new LinkedHashMap<>();
        chunks.forEach(group::putAll);
        besides.run(() -> lead(group));
    }

    /** Writes the rules that lead to Services' chains, where such rules are not to be compared one by one. */
    private void lead(Map<ObjectKey, Planned> group) throws IOException {
        Map<ObjectKey, Planned> left = new LinkedHashMap<>(group);
        applyWithoutRefused(left, (key, planned, input) -> filling.forEach(chain -> planned.rules().in(chain).forEach(line ->
                input.append(chain.table(), chain.chain(), line, Optional.of(key)))));
        group.forEach((key, planned) -> {
            if (left.containsKey(key)) {
                target.put(planned.state(), planned.commented(), planned.rules());
                planned.rules().chains().keySet().forEach(stale::remove);
            } else {
                planned.missing().forEach(chain -> stale.put(chain, Digest.EMPTY));
            }
        });
    }

    /** Puts what one Service needs into an input. */
    @FunctionalInterface
    private interface Part {
        void put(ObjectKey key, Planned planned, RestoreInput input);
    }

    /** A Service that the kernel refuses is taken out, and the others are tried again. */
    private void applyWithoutRefused(Map<ObjectKey, Planned> services, Part part) throws IOException {
        while (true) {
            RestoreInput input = new RestoreInput();
            services.forEach((key, planned) -> part.put(key, planned, input));
            try {
                apply(input);
                return;
            } catch (RefusedException refused) {
                ObjectKey owner = refused.owner().orElseThrow(() -> refused);
                refuse(owner, refused);
                services.remove(owner);
            }
        }
    }

    private void refuse(ObjectKey service, RefusedException refused) throws RefusedException {
        failed.put(service, refused.getMessage());
        if (failed.size() > MOST_REFUSALS) {
            throw refused;
        }
    }

    private void sharedChains() throws IOException {
        boolean anew = false;
        while (true) {
            RestoreInput input = new RestoreInput();
            for (SharedChain chain : SharedChain.values()) {
                if (!filling.contains(chain)) {
                    SharedChainRepair.plan(chain, kernel.rules(chain), target.rules(chain), anew, placeFor(chain, input));
                } else if (chain == SharedChain.NAT_SERVICES) {
                    target.base().nodePorts().forEach(
                            rule -> input.append(chain.table(), chain.chain(), rule, Optional.empty()));
                }
            }
            try {
                apply(input);
                return;
            } catch (RefusedException refused) {
                if (refused.owner().isPresent()) {
                    refuse(refused.owner().get(), refused);
                    target.remove(refused.owner().get());
                } else if (anew) {
                    throw refused;
                }
                // Text of others that iptables prints but does not read is no longer there in a chain written anew.
                anew = true;
            }
        }
    }

    /** As in {@link ChangePlan}, rules of filter go after nat has changed; a chain that only gains some comes before. */
    private RestoreInput placeFor(SharedChain chain, RestoreInput input) {
        return switch (chain.table()) {
            case MANGLE, NAT -> input;
            case FILTER -> target.rules(chain).stream().map(Mirror.OwnedRule::rule).collect(Collectors.toSet())
                    .containsAll(kernel.rules(chain)) ? input : input.last();
        };
    }

    /** All are emptied first, since they lead to each other. */
    private void removeStale() throws IOException {
        List<String> chains = List.copyOf(stale.keySet());
        if (chains.size() > REMOVALS_PER_CALL) {
            for (List<String> part : parts(chains)) {
                RestoreInput input = new RestoreInput();
                part.forEach(chain -> input.declare(Table.NAT, chain, Optional.empty()));
                apply(input);
            }
        }
        for (List<String> part : parts(chains)) {
            remove(part);
        }
    }

    private static List<List<String>> parts(List<String> chains) {
        List<List<String>> parts = new ArrayList<>();
        for (int from = 0; from < chains.size(); from += REMOVALS_PER_CALL) {
            parts.add(chains.subList(from, Math.min(from + REMOVALS_PER_CALL, chains.size())));
        }
        return parts;
    }

    /** A chain that somebody else's rule leads to cannot be removed: the others are. */
    private void remove(List<String> chains) throws IOException {
        RestoreInput input = new RestoreInput();
        chains.forEach(chain -> input.remove(Table.NAT, chain, Optional.empty()));
        try {
            apply(input);
        } catch (RefusedException refused) {
            if (chains.size() == 1) {
                LOG.log(Level.WARNING, "chain {0} is not needed but stays: {1}", chains.getFirst(), refused.getMessage());
                return;
            }
            RestoreInput emptied = new RestoreInput();
            chains.forEach(chain -> emptied.declare(Table.NAT, chain, Optional.empty()));
            apply(emptied);
            remove(chains.subList(0, chains.size() / 2));
            remove(chains.subList(chains.size() / 2, chains.size()));
        }
    }
}
