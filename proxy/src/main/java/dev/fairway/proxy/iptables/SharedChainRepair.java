package dev.fairway.proxy.iptables;

import dev.fairway.proxy.iptables.Mirror.OwnedRule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Brings a shared chain that others have changed to what it should be: by a few edits, or, if it takes more, anew. */
final class SharedChainRepair {
    private static final int MOST_EDITS = 32;

    private SharedChainRepair() {}

    /**
     * @param kernel the rules that the chain has
     * @param wanted the rules that it should have
     * @param anew whether it is to be written anew whatever differs
     */
    static void plan(SharedChain chain, List<String> kernel, List<OwnedRule> wanted, boolean anew, RestoreInput input) {
        if (!anew && kernel.equals(wanted.stream().map(OwnedRule::rule).toList())) {
            return;
        }
        Map<String, Integer> surplus = new HashMap<>();
        wanted.forEach(rule -> surplus.merge(rule.rule(), -1, Integer::sum));
        List<String> deleted = new ArrayList<>();
        List<String> kept = new ArrayList<>();
        for (String rule : kernel) {
            (surplus.merge(rule, 1, Integer::sum) > 0 ? deleted : kept).add(rule);
        }
        Optional<List<Integer>> places = inserted(kept, wanted);
        if (anew || places.isEmpty() || places.get().size() + deleted.size() > MOST_EDITS) {
            input.rewriteOwned(chain, wanted);
            return;
        }
        deleted.forEach(rule -> input.delete(chain.table(), chain.chain(), rule, Optional.empty()));
        for (int at : places.get()) {
            input.insert(chain.table(), chain.chain(), at + 1, wanted.get(at).rule(), wanted.get(at).owner());
        }
    }

    /** The places of wanted rules that are not kept; empty if what is kept does not stand in the wanted order. */
    private static Optional<List<Integer>> inserted(List<String> kept, List<OwnedRule> wanted) {
        List<Integer> inserted = new ArrayList<>();
        int next = 0;
        for (int i = 0; i < wanted.size(); i++) {
            if (next < kept.size() && kept.get(next).equals(wanted.get(i).rule())) {
                next++;
            } else {
                inserted.add(i);
            }
        }
        return next == kept.size() ? Optional.of(inserted) : Optional.empty();
    }
}
