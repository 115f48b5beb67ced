package dev.fairway.proxy.iptables;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/** Reads what {@code iptables-save} prints, and keeps of it what is the proxy's. */
final class SavedRules {
    private static final String OURS = "KUBE-";

    private SavedRules() {}

    /** @throws IOException if reading fails, or the text is not that of {@code iptables-save} */
    static Ruleset parse(BufferedReader text) throws IOException {
        Ruleset ruleset = new Ruleset();
        Optional<Table> table = Optional.empty();
        for (String line = text.readLine(); line != null; line = text.readLine()) {
            if (line.startsWith("*")) {
                table = table(line.substring(1));
            } else if (table.isPresent() && line.startsWith(":" + OURS)) {
                String chain = line.substring(1, firstBlank(line, 1));
                ruleset.chains().get(table.get()).put(chain, new ArrayList<>());
            } else if (table.isPresent() && line.startsWith("-A ")) {
                rule(line, table.get(), ruleset);
            }
        }
        return ruleset;
    }

    /** The proxy has chains in three tables; others are passed over. */
    private static Optional<Table> table(String name) {
        return switch (name) {
            case "mangle" -> Optional.of(Table.MANGLE);
            case "filter" -> Optional.of(Table.FILTER);
            case "nat" -> Optional.of(Table.NAT);
            default -> Optional.empty();
        };
    }

    private static void rule(String line, Table table, Ruleset into) throws IOException {
        int end = firstBlank(line, 3);
        String chain = line.substring(3, end);
        String rule = end < line.length() ? line.substring(end + 1) : "";
        if (chain.startsWith(OURS)) {
            List<String> rules = into.chains().get(table).get(chain);
            if (rules == null) {
                throw new IOException("iptables-save has a rule of chain " + chain + " without the chain");
            }
            rules.add(rule);
        } else if (rule.contains("-j " + OURS)) {
            SequencedMap<String, List<String>> jumps = into.jumps().get(table);
            jumps.computeIfAbsent(chain, name -> new ArrayList<>()).add(rule);
        }
    }

    private static int firstBlank(String line, int from) {
        int blank = line.indexOf(' ', from);
        return blank < 0 ? line.length() : blank;
    }
}
