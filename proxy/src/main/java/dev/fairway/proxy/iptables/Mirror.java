package dev.fairway.proxy.iptables;

import dev.fairway.kube.ObjectKey;
import dev.fairway.proxy.state.ServiceState;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the dataplane has written: not the rules, which are computed again when they are needed, but what they were computed
 * from. In shared chains the rules of Services stand in the order of their keys.
 */
final class Mirror {
    /**
     * One Service that is in the kernel.
     *
     * @param shared the number of its rules in each {@link SharedChain}, by ordinal
     * @param nat the number of its rules in the table nat
     * @param filter the number of its rules in the table filter
     */
    private record Applied(ServiceState state, boolean commented, int[] shared, int nat, int filter) {}

    private final RuleGenerator generator;
    private final BaseRules base;
    private final NavigableMap<ObjectKey, Applied> services = new TreeMap<>();
    private final int[] sizes = new int[SharedChain.values().length];
    private int natRules;
    private int filterRules;

    Mirror(RuleGenerator generator, BaseRules base) {
        this.generator = generator;
        this.base = base;
    }

    RuleGenerator generator() {
        return generator;
    }

    BaseRules base() {
        return base;
    }

    /** The rules of a Service as they were written; none if there are none. */
    ServiceRules rules(ObjectKey key) {
        Applied applied = services.get(key);
        return applied == null ? ServiceRules.NONE : generator.rules(applied.state(), applied.commented());
    }

    Iterable<ObjectKey> keys() {
        return services.keySet();
    }

    /** @param rules what {@code state} and {@code commented} give */
    void put(ServiceState state, boolean commented, ServiceRules rules) {
        remove(state.key());
        int[] shared = new int[sizes.length];
        for (SharedChain chain : SharedChain.values()) {
            shared[chain.ordinal()] = rules.in(chain).size();
        }
        Applied applied = new Applied(state, commented, shared, rules.count(Table.NAT), rules.count(Table.FILTER));
        services.put(state.key(), applied);
        count(applied, 1);
    }

    void remove(ObjectKey key) {
        Optional.ofNullable(services.remove(key)).ifPresent(applied -> count(applied, -1));
    }

    private void count(Applied applied, int sign) {
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] += sign * applied.shared()[i];
        }
        natRules += sign * applied.nat();
        filterRules += sign * applied.filter();
    }

    /** How many rules of Services stand in a chain. */
    int size(SharedChain chain) {
        return sizes[chain.ordinal()];
    }

    /** How many rules stand in a chain before those of a Service, which need not be in it. */
    int rulesBefore(SharedChain chain, ObjectKey key) {
        int before = 0;
        for (Applied applied : services.headMap(key, false).values()) {
            before += applied.shared()[chain.ordinal()];
        }
        return before;
    }

    /** The rules of a Service in a chain, with the Service. */
    record OwnedRule(String rule, Optional<ObjectKey> owner) {}

    /** All rules of a chain, in order. */
    List<OwnedRule> rules(SharedChain chain) {
        List<OwnedRule> rules = new ArrayList<>(size(chain) + 1);
        services.forEach((key, applied) -> {
            if (applied.shared()[chain.ordinal()] > 0) {
                rules(key).in(chain).forEach(rule -> rules.add(new OwnedRule(rule, Optional.of(key))));
            }
        });
        if (chain == SharedChain.NAT_SERVICES) {
            base.nodePorts().forEach(rule -> rules.add(new OwnedRule(rule, Optional.empty())));
        }
        return rules;
    }

    /** The number of rules in force, by table. */
    Map<String, Integer> totals() {
        Map<Table, Integer> totals = new EnumMap<>(Table.class);
        base.chains().forEach((table, chains) ->
                totals.put(table, chains.values().stream().mapToInt(List::size).sum()));
        totals.merge(Table.NAT, natRules + base.nodePorts().size(), Integer::sum);
        totals.merge(Table.FILTER, filterRules, Integer::sum);
        Map<String, Integer> named = new LinkedHashMap<>();
        totals.forEach((table, rules) -> named.put(table.toString(), rules));
        return named;
    }
}
