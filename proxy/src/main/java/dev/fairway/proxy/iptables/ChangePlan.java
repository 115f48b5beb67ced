package dev.fairway.proxy.iptables;

import dev.fairway.kube.ObjectKey;
import dev.fairway.proxy.iptables.Mirror.OwnedRule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * Turns changed Services into the least input of {@code iptables-restore}, relative to a mirror of the kernel.
 *
 * <p>Each table has a transaction of its own, so that their order counts. A Service without endpoints is rejected in the
 * table filter, one with endpoints is translated in the table nat. Rules of filter are added before nat is touched, and
 * removed after it, so that a packet always meets one of the two: what meets none leaves the node untranslated, and
 * conntrack sends each repetition the same way.
 */
final class ChangePlan {
    /**
     * Deleting a rule makes iptables compare it with every rule before it; past so many deletions in a chain, writing the
     * whole chain anew is faster.
     */
    private static final int MOST_DELETIONS = 32;

    private final Mirror mirror;
    private final RestoreInput input = new RestoreInput();

    private ChangePlan(Mirror mirror) {
        this.mirror = mirror;
    }

    /** @param changed the rules that Services are to have, sorted by key */
    static RestoreInput of(Mirror mirror, SequencedMap<ObjectKey, ServiceRules> changed) {
        ChangePlan plan = new ChangePlan(mirror);
        Map<ObjectKey, ServiceRules> before = new HashMap<>();
        changed.forEach((key, rules) -> {
            before.put(key, mirror.rules(key));
            plan.ownChains(key, before.get(key), rules);
        });
        for (SharedChain chain : SharedChain.values()) {
            plan.sharedChain(chain, before, changed);
        }
        return plan.input;
    }

    private void ownChains(ObjectKey key, ServiceRules before, ServiceRules now) {
        now.chains().forEach((chain, rules) -> {
            if (!rules.equals(before.chains().get(chain))) {
                input.rewrite(Table.NAT, chain, rules, Optional.of(key));
            }
        });
        before.chains().keySet().forEach(chain -> {
            if (!now.chains().containsKey(chain)) {
                input.remove(Table.NAT, chain, Optional.of(key));
            }
        });
    }

    private void sharedChain(
            SharedChain chain, Map<ObjectKey, ServiceRules> before, SequencedMap<ObjectKey, ServiceRules> now) {
        List<ObjectKey> edited = new ArrayList<>();
        int deletions = 0;
        for (ObjectKey key : now.keySet()) {
            List<String> old = before.get(key).in(chain);
            if (!old.equals(now.get(key).in(chain))) {
                edited.add(key);
                deletions += old.size();
            }
        }
        boolean waits = chain.table() == Table.FILTER;
        if (deletions > MOST_DELETIONS) {
            if (waits) {
                rewriteInTwo(chain, edited, before, now);
            } else {
                input.rewriteOwned(chain, rewritten(chain, now));
            }
            return;
        }
        int shift = 0;
        for (ObjectKey key : edited) {
            List<String> old = before.get(key).in(chain);
            List<String> rules = now.get(key).in(chain);
            if (waits && onlyLoses(old, rules)) {
                old.stream().filter(rule -> !rules.contains(rule)).forEach(rule ->
                        input.last().delete(chain.table(), chain.chain(), rule, Optional.of(key)));
                continue;
            }
            edit(chain, key, old, rules, mirror.rulesBefore(chain, key) + shift);
            shift += rules.size() - old.size();
        }
    }

    private static boolean onlyLoses(List<String> old, List<String> rules) {
        return old.stream().filter(rules::contains).toList().equals(rules);
    }

    /** First with what Services gain, then without what they lose. */
    private void rewriteInTwo(SharedChain chain, List<ObjectKey> edited, Map<ObjectKey, ServiceRules> before,
            SequencedMap<ObjectKey, ServiceRules> now) {
        SequencedMap<ObjectKey, ServiceRules> first = new LinkedHashMap<>(now);
        List<ObjectKey> losing = edited.stream()
                .filter(key -> onlyLoses(before.get(key).in(chain), now.get(key).in(chain))).toList();
        losing.forEach(key -> first.put(key, before.get(key)));
        if (losing.size() < edited.size()) {
            input.rewriteOwned(chain, rewritten(chain, first));
        }
        if (!losing.isEmpty()) {
            input.last().rewriteOwned(chain, rewritten(chain, now));
        }
    }

    /** @param offset how many rules of the chain stand before those of this Service */
    private void edit(SharedChain chain, ObjectKey key, List<String> old, List<String> rules, int offset) {
        Optional<ObjectKey> owner = Optional.of(key);
        Set<String> kept = new HashSet<>(old);
        kept.retainAll(rules);
        if (!old.stream().filter(kept::contains).toList().equals(rules.stream().filter(kept::contains).toList())) {
            kept.clear();
        }
        for (String rule : old) {
            if (!kept.contains(rule)) {
                input.delete(chain.table(), chain.chain(), rule, owner);
            }
        }
        for (int i = 0; i < rules.size(); i++) {
            if (!kept.contains(rules.get(i))) {
                input.insert(chain.table(), chain.chain(), offset + i + 1, rules.get(i), owner);
            }
        }
    }

    private List<OwnedRule> rewritten(SharedChain chain, SequencedMap<ObjectKey, ServiceRules> now) {
        Map<ObjectKey, List<OwnedRule>> byKey = new TreeMap<>();
        List<OwnedRule> tail = new ArrayList<>();
        for (OwnedRule rule : mirror.rules(chain)) {
            if (rule.owner().isEmpty()) {
                tail.add(rule);
            } else if (!now.containsKey(rule.owner().get())) {
                byKey.computeIfAbsent(rule.owner().get(), key -> new ArrayList<>()).add(rule);
            }
        }
        now.forEach((key, rules) -> byKey.put(key,
                rules.in(chain).stream().map(rule -> new OwnedRule(rule, Optional.of(key))).toList()));
        List<OwnedRule> all = new ArrayList<>();
        byKey.values().forEach(all::addAll);
        all.addAll(tail);
        return all;
    }
}
