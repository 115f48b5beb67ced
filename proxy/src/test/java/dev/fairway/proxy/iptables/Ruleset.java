package dev.fairway.proxy.iptables;

import dev.fairway.proxy.state.DesiredState;
import dev.fairway.proxy.state.ServiceState;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * The proxy's chains with their rules, in full, by table: what is wanted, or what the kernel has.
 *
 * @param chains every chain of the proxy's, by table and name
 * @param jumps by table and chain of the kernel's, the rules in it that jump to a chain of the proxy's
 */
record Ruleset(Map<Table, SequencedMap<String, List<String>>> chains, Map<Table, SequencedMap<String, List<String>>> jumps) {
    Ruleset() {
        this(new EnumMap<>(Table.class), new EnumMap<>(Table.class));
        for (Table table : Table.values()) {
            chains.put(table, new TreeMap<>());
            jumps.put(table, new TreeMap<>());
        }
    }

    /** Everything that is wanted for a state. */
    static Ruleset of(DesiredState state, RuleOptions options, LargeCluster largeCluster) {
        Ruleset ruleset = new Ruleset();
        BaseRules base = BaseRules.of(options, state.node());
        base.chains().forEach((table, chains) -> ruleset.chains.get(table).putAll(chains));
        for (SharedChain shared : SharedChain.values()) {
            ruleset.chains.get(shared.table()).put(shared.chain(), new ArrayList<>());
        }
        RuleGenerator generator = new RuleGenerator(options, state.node());
        boolean commented = !largeCluster.is(state);
        for (ServiceState service : state.services()) {
            ServiceRules rules = generator.rules(service, commented);
            ruleset.chains.get(Table.NAT).putAll(rules.chains());
            rules.shared().forEach((shared, lines) -> ruleset.rules(shared).addAll(lines));
        }
        ruleset.rules(SharedChain.NAT_SERVICES).addAll(base.nodePorts());
        for (BaseRules.Jump jump : BaseRules.JUMPS) {
            ruleset.jumps.get(jump.table()).computeIfAbsent(jump.from(), chain -> new ArrayList<>()).addFirst(jump.rule());
        }
        return ruleset;
    }

    List<String> rules(SharedChain shared) {
        return chains.get(shared.table()).get(shared.chain());
    }
}
