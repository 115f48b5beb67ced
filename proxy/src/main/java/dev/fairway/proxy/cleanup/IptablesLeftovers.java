package dev.fairway.proxy.cleanup;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The proxy's chains in one table, and the rules elsewhere that jump to them.
 *
 * @param jumps rules of others' chains, as {@code iptables-save} writes them, without {@code -A}
 * @param chains the proxy's chains
 */
record IptablesLeftovers(String table, List<String> jumps, List<String> chains) {
    /** kube-proxy's chains with one name each; kubelet's own KUBE-FIREWALL and KUBE-KUBELET-CANARY are not among them. */
    private static final Set<String> NAMES = Set.of("KUBE-SERVICES", "KUBE-EXTERNAL-SERVICES", "KUBE-NODEPORTS",
            "KUBE-POSTROUTING", "KUBE-FORWARD", "KUBE-PROXY-FIREWALL", "KUBE-PROXY-CANARY", "KUBE-MARK-MASQ");

    /** What the names of chains for Services and endpoints start with. */
    private static final List<String> PREFIXES = List.of("KUBE-SVC-", "KUBE-SVL-", "KUBE-SEP-", "KUBE-EXT-", "KUBE-FW-",
            "KUBE-XLB-");

    /** Chains that one call deletes: the kernel takes quadratic time over one transaction. */
    private static final int CHAINS_PER_CALL = 500;

    private static boolean ours(String chain) {
        return NAMES.contains(chain) || PREFIXES.stream().anyMatch(chain::startsWith);
    }

    /** Finds them in the output of {@code iptables-save}. */
    static List<IptablesLeftovers> find(Stream<String> saved) {
        List<IptablesLeftovers> tables = new ArrayList<>();
        saved.forEach(line -> {
            if (line.startsWith("*")) {
                tables.add(new IptablesLeftovers(line.substring(1).strip(), new ArrayList<>(), new ArrayList<>()));
            } else if (!tables.isEmpty()) {
                tables.getLast().take(line);
            }
        });
        return tables.stream().map(IptablesLeftovers::withoutUsed).filter(found -> !found.chains.isEmpty()).toList();
    }

    private void take(String line) {
        String[] words = line.split(" ");
        if (line.startsWith(":") && ours(words[0].substring(1))) {
            chains.add(words[0].substring(1));
        } else if (line.startsWith("-A ") && !ours(words[1]) && jumpsToOurs(words)) {
            jumps.add(line.substring("-A ".length()));
        }
    }

    private static boolean jumpsToOurs(String[] words) {
        for (int i = 2; i < words.length - 1; i++) {
            if ((words[i].equals("-j") || words[i].equals("-g")) && ours(words[i + 1])) {
                return true;
            }
        }
        return false;
    }

    /** KUBE-MARK-MASQ may be used by rules of kubelet's or a network plugin's: then it stays, with its rule. */
    private IptablesLeftovers withoutUsed() {
        boolean used = jumps.removeIf(rule -> rule.contains("-j KUBE-MARK-MASQ"));
        if (used) {
            chains.remove("KUBE-MARK-MASQ");
        }
        return this;
    }

    /** Inputs for {@code iptables-restore --noflush}, to be applied in turn. */
    List<String> removal() {
        List<String> inputs = new ArrayList<>();
        StringBuilder unhook = new StringBuilder("*" + table + "\n");
        jumps.forEach(rule -> unhook.append("-D ").append(rule).append('\n'));
        inputs.add(unhook + "COMMIT\n");
        // A chain is deleted only when nothing jumps to it, so all are emptied first.
        inChunks(":", " - [0:0]", inputs);
        inChunks("-X ", "", inputs);
        return inputs;
    }

    private void inChunks(String before, String after, List<String> inputs) {
        List<String> all = List.copyOf(new LinkedHashSet<>(chains));
        for (int from = 0; from < all.size(); from += CHAINS_PER_CALL) {
            StringBuilder input = new StringBuilder("*" + table + "\n");
            for (String chain : all.subList(from, Math.min(all.size(), from + CHAINS_PER_CALL))) {
                input.append(before).append(chain).append(after).append('\n');
            }
            inputs.add(input + "COMMIT\n");
        }
    }
}
