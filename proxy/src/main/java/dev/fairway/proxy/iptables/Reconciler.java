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
import java.util.stream.Collectors;

/**
 * Brings the kernel's rules to a desired state, whatever they are: first the chains that others are built on, then the
 * chains of Services, then the rules that lead to them, at last the removal of what nothing leads to any more. What is as it
 * should be is left alone, so that at no moment a Service loses rules that it has and should have.
 */
final class Reconciler {
    private static final Logger LOG = System.getLogger(Reconciler.class.getName());
    /** iptables-restore takes time quadratic in the chains of one call. */
    private static final int SERVICES_PER_CALL = 500;
    private static final int RULES_PER_CALL = 12_000;
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
    private final Map<ObjectKey, String> failed = new HashMap<>();
    private final Map<String, Long> stale;
    /** Shared chains that the kernel has no rule in: they are filled Service by Service. */
    private final Set<SharedChain> filling = EnumSet.noneOf(SharedChain.class);

    Reconciler(Restore restore, KernelRules kernel, Mirror target) {
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

    /** What a Service is to have. */
    private record Planned(ServiceState state, boolean commented, ServiceRules rules) {}

    private void serviceChains(DesiredState state, boolean commented) throws IOException {
        Map<ObjectKey, Planned> chunk = new LinkedHashMap<>();
        int rules = 0;
        for (ServiceState service : state.services()) {
            Planned planned = plan(service, commented);
            chunk.put(service.key(), planned);
            rules += planned.rules().count(Table.NAT);
            if (chunk.size() >= SERVICES_PER_CALL || rules >= RULES_PER_CALL) {
                apply(chunk);
                chunk.clear();
                rules = 0;
            }
        }
        apply(chunk);
    }

    /** Rules that the kernel has in the other style, from before the cluster grew or shrank, are as good. */
    private Planned plan(ServiceState service, boolean commented) {
        ServiceRules rules = target.generator().rules(service, commented);
        if (!isInKernel(rules) && service.ports().stream().anyMatch(port -> !port.backends().reachable().isEmpty())) {
            ServiceRules other = target.generator().rules(service, !commented);
            if (isInKernel(other)) {
                return new Planned(service, !commented, other);
            }
        }
        return new Planned(service, commented, rules);
    }

    private boolean isInKernel(ServiceRules rules) {
        return rules.chains().entrySet().stream().allMatch(chain -> isInKernel(chain.getKey(), chain.getValue()));
    }

    private boolean isInKernel(String chain, List<String> rules) {
        Long digest = kernel.serviceChains().get(chain);
        return digest != null && digest == Digest.of(rules);
    }

    /** A Service that the kernel refuses is left out, and the others are tried again. */
    private void apply(Map<ObjectKey, Planned> chunk) throws IOException {
        while (true) {
            RestoreInput input = new RestoreInput();
            chunk.forEach((key, planned) -> write(key, planned.rules(), input));
            try {
                apply(input);
                break;
            } catch (RefusedException refused) {
                ObjectKey owner = refused.owner().orElseThrow(() -> refused);
                refuse(owner, refused);
                chunk.remove(owner);
            }
        }
        chunk.forEach((key, planned) -> {
            target.put(planned.state(), planned.commented(), planned.rules());
            planned.rules().chains().keySet().forEach(stale::remove);
        });
    }

    private void refuse(ObjectKey service, RefusedException refused) throws RefusedException {
        failed.put(service, refused.getMessage());
        if (failed.size() > MOST_REFUSALS) {
            throw refused;
        }
    }

    private void write(ObjectKey key, ServiceRules rules, RestoreInput input) {
        rules.chains().forEach((chain, lines) -> {
            if (!isInKernel(chain, lines)) {
                input.rewrite(Table.NAT, chain, lines, Optional.of(key));
            }
        });
        for (SharedChain chain : filling) {
            rules.in(chain).forEach(line -> input.append(chain.table(), chain.chain(), line, Optional.of(key)));
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
