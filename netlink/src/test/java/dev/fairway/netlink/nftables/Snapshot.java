package dev.fairway.netlink.nftables;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.fairway.netlink.nftables.expr.Counter;
import dev.fairway.netlink.nftables.expr.Expression;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What the kernel holds of a table, without handles and counts. */
record Snapshot(Set<Chain> chains, Map<String, List<List<Expression>>> rules, Map<String, String> sets,
        Map<String, Set<SetElement.Listed>> elements) {

    static Snapshot of(Nftables nftables, Table table) throws Exception {
        var rules = new TreeMap<String, List<List<Expression>>>();
        for (var rule : nftables.rules(table)) {
            rules.computeIfAbsent(rule.chain(), chain -> new java.util.ArrayList<>())
                    .add(rule.expressions().stream().map(Snapshot::withoutCounts).toList());
        }
        var sets = new TreeMap<String, String>();
        var elements = new TreeMap<String, Set<SetElement.Listed>>();
        for (var set : nftables.sets(table)) {
            sets.put(set.name(), set.flagBits() + " " + Integer.toHexString(set.keyType()) + "/" + set.keyLength() + " "
                    + Integer.toHexString(set.dataType()) + "/" + set.dataLength() + " " + set.size() + " "
                    + set.timeoutMillis() + " " + set.comment());
            elements.put(set.name(), new HashSet<>(nftables.elements(table, set.name())));
            // nft begins a set of ranges with an end at zero, which says nothing.
            elements.get(set.name()).removeIf(listed -> listed.intervalEnd() && listed.element().key().isZero());
        }
        return new Snapshot(new HashSet<>(nftables.chains(table)), rules, sets, elements);
    }

    private static Expression withoutCounts(Expression expression) {
        return expression instanceof Counter ? new Counter() : expression;
    }

    void assertSameAs(Snapshot other) {
        assertEquals(chains, other.chains);
        assertEquals(rules, other.rules);
        assertEquals(sets, other.sets);
        assertEquals(elements, other.elements);
    }
}
