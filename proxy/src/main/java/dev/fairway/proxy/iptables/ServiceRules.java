package dev.fairway.proxy.iptables;

import java.util.List;
import java.util.Map;

/**
 * All rules of one Service.
 *
 * @param chains its own chains in the table nat, each with its rules
 * @param shared its rules in chains that it shares with others; chains without any are left out
 */
record ServiceRules(Map<String, List<String>> chains, Map<SharedChain, List<String>> shared) {
    static final ServiceRules NONE = new ServiceRules(Map.of(), Map.of());

    List<String> in(SharedChain chain) {
        return shared.getOrDefault(chain, List.of());
    }

    int count(Table table) {
        int own = table == Table.NAT ? chains.values().stream().mapToInt(List::size).sum() : 0;
        return own + shared.entrySet().stream()
                .filter(entry -> entry.getKey().table() == table)
                .mapToInt(entry -> entry.getValue().size())
                .sum();
    }
}
