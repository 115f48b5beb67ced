package dev.fairway.proxy.iptables;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The iptables tools over tables in memory, for one address family: takes a table's lines whole or not at all, and refuses
 * what the kernel refuses of them.
 */
final class FakeIptables implements CommandRunner {
    private static final Pattern TARGET = Pattern.compile("-j (KUBE-\\S+)");
    private static final List<String> TABLES = List.of("mangle", "filter", "nat");

    private Map<String, Map<String, List<String>>> tables = new TreeMap<>();
    /** The lines given to iptables-restore so far, without those of the form. */
    private int commands;
    private Runnable committed = () -> { };

    FakeIptables() {
        TABLES.forEach(table -> tables.put(table, new TreeMap<>()));
        for (String chain : List.of("INPUT", "FORWARD", "OUTPUT")) {
            tables.get("filter").put(chain, new ArrayList<>());
        }
        for (String chain : List.of("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING")) {
            tables.get("nat").put(chain, new ArrayList<>());
        }
    }

    /** Calls {@code look} after each transaction from now on. */
    void afterEachCommit(Runnable look) {
        committed = look;
    }

    int commands() {
        return commands;
    }

    /** A table's chains with their rules, to be looked at or changed as by others. */
    Map<String, List<String>> table(String name) {
        return tables.get(name);
    }

    @Override
    public Outcome run(List<String> command, String input, OutputReader output) throws IOException {
        if (command.contains("--version")) {
            output.read(new BufferedReader(new StringReader("iptables v0 (fake)\n")));
            return new Outcome(0, "");
        }
        if (command.getFirst().endsWith("-save")) {
            output.read(new BufferedReader(new StringReader(save())));
            return new Outcome(0, "");
        }
        output.read(new BufferedReader(new StringReader("")));
        return restore(input.lines().toList());
    }

    String save() {
        StringBuilder text = new StringBuilder();
        tables.forEach((table, chains) -> {
            text.append('*').append(table).append('\n');
            chains.keySet().stream().sorted(Comparator.naturalOrder())
                    .forEach(chain -> text.append(':').append(chain).append(" - [0:0]\n"));
            chains.forEach((chain, rules) -> rules.forEach(rule ->
                    text.append("-A ").append(chain).append(' ').append(rule).append('\n')));
            text.append("COMMIT\n");
        });
        return text.toString();
    }

    private Outcome restore(List<String> lines) {
        Map<String, List<String>> table = Map.of();
        String name = "";
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            try {
                if (line.startsWith("*")) {
                    name = line.substring(1);
                    table = copy(tables.get(name));
                } else if (line.equals("COMMIT")) {
                    commit(name, table);
                } else {
                    commands++;
                    apply(line, table);
                }
            } catch (IllegalStateException refused) {
                return new Outcome(1, "iptables-restore: line " + (i + 1) + " failed: " + refused.getMessage() + "\n");
            }
        }
        return new Outcome(0, "");
    }

    private static Map<String, List<String>> copy(Map<String, List<String>> table) {
        Map<String, List<String>> copy = new TreeMap<>();
        table.forEach((chain, rules) -> copy.put(chain, new ArrayList<>(rules)));
        return copy;
    }

    private void commit(String name, Map<String, List<String>> table) {
        table.forEach((chain, rules) -> rules.forEach(rule -> {
            Matcher target = TARGET.matcher(rule);
            if (target.find() && !table.containsKey(target.group(1))) {
                throw new IllegalStateException("chain " + target.group(1) + " does not exist: " + chain + " " + rule);
            }
        }));
        tables.put(name, table);
        committed.run();
    }

    private static void apply(String line, Map<String, List<String>> table) {
        if (line.startsWith(":")) {
            table.put(line.substring(1, line.indexOf(' ')), new ArrayList<>());
            return;
        }
        String[] words = line.split(" ", 3);
        List<String> rules = table.get(words[1]);
        if (rules == null) {
            throw new IllegalStateException("No chain by that name: " + words[1]);
        }
        switch (words[0]) {
            case "-A" -> rules.add(words[2]);
            case "-I" -> {
                int space = words[2].indexOf(' ');
                int position = Integer.parseInt(words[2].substring(0, space));
                if (position > rules.size() + 1) {
                    throw new IllegalStateException("Index of insertion too big.");
                }
                rules.add(position - 1, words[2].substring(space + 1));
            }
            case "-D" -> {
                if (!rules.remove(words[2])) {
                    throw new IllegalStateException("Bad rule (does a matching rule exist in that chain?).");
                }
            }
            case "-X" -> {
                if (!rules.isEmpty()) {
                    throw new IllegalStateException("Directory not empty");
                }
                table.remove(words[1]);
            }
            default -> throw new IllegalStateException("Unknown command " + words[0]);
        }
    }
}
