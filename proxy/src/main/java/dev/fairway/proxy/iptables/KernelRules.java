package dev.fairway.proxy.iptables;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code iptables-save} says of the proxy's chains, small enough for large clusters: the many chains of Services as
 * digests, the others and the jumps to them as text.
 */
final class KernelRules {
    private static final String OURS = "KUBE-";

    private final Map<String, Long> serviceChains = new HashMap<>();
    private final Map<Table, Map<String, List<String>>> otherChains = new EnumMap<>(Table.class);

    private KernelRules() {
        for (Table table : Table.values()) {
            otherChains.put(table, new HashMap<>());
        }
    }

    /** @throws IOException if reading fails, or the text is not that of {@code iptables-save} */
    static KernelRules parse(BufferedReader text) throws IOException {
        KernelRules rules = new KernelRules();
        Optional<Table> table = Optional.empty();
        for (String line = text.readLine(); line != null; line = text.readLine()) {
            if (line.startsWith("*")) {
                table = table(line.substring(1));
            } else if (table.isPresent() && line.startsWith(":")) {
                rules.declare(table.get(), line.substring(1, blank(line, 1)));
            } else if (table.isPresent() && line.startsWith("-A ")) {
                rules.append(table.get(), line);
            }
        }
        return rules;
    }

    private static Optional<Table> table(String name) {
        return switch (name) {
            case "mangle" -> Optional.of(Table.MANGLE);
            case "filter" -> Optional.of(Table.FILTER);
            case "nat" -> Optional.of(Table.NAT);
            // The proxy has no chains in raw and security.
            default -> Optional.empty();
        };
    }

    private void declare(Table table, String chain) {
        if (table == Table.NAT && ChainNames.isOfService(chain)) {
            serviceChains.put(chain, Digest.EMPTY);
        } else {
            otherChains.get(table).put(chain, new ArrayList<>());
        }
    }

    private void append(Table table, String line) throws IOException {
        int end = blank(line, 3);
        String chain = line.substring(3, end);
        String rule = line.substring(Math.min(end + 1, line.length()));
        if (table == Table.NAT && ChainNames.isOfService(chain)) {
            serviceChains.computeIfPresent(chain, (name, digest) -> Digest.add(digest, rule));
            return;
        }
        List<String> rules = otherChains.get(table).get(chain);
        if (rules == null) {
            throw new IOException("iptables-save: a rule without its chain: " + line);
        }
        if (chain.startsWith(OURS) || rule.contains("-j " + OURS)) {
            rules.add(rule);
        }
    }

    private static int blank(String line, int from) {
        int blank = line.indexOf(' ', from);
        return blank < 0 ? line.length() : blank;
    }

    /** The digests of all chains of Services in the table nat, by chain. */
    Map<String, Long> serviceChains() {
        return serviceChains;
    }

    /**
     * The rules of a chain that is no Service's, empty if there is no such chain; of a chain of the kernel's, only those
     * that jump to a chain of the proxy's.
     */
    Optional<List<String>> rules(Table table, String chain) {
        return Optional.ofNullable(otherChains.get(table).get(chain));
    }

    List<String> rules(SharedChain chain) {
        return rules(chain.table(), chain.chain()).orElse(List.of());
    }

    boolean has(SharedChain chain) {
        return otherChains.get(chain.table()).containsKey(chain.chain());
    }
}
