package dev.fairway.proxy.iptables;

import dev.fairway.kube.ObjectKey;
import dev.fairway.proxy.iptables.Mirror.OwnedRule;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The input of one {@code iptables-restore --noflush}: per table first the chains that it makes or empties, then the rules,
 * then the chains that it removes, all of which the kernel takes in one transaction per table: filter before nat, and then
 * what is to come last.
 */
final class RestoreInput {
    /** A line, and the Service it is for. */
    private record Line(String text, Optional<ObjectKey> owner) {}

    private static final class Section {
        private final List<Line> declared = new ArrayList<>();
        private final List<Line> commands = new ArrayList<>();
        private final List<Line> removed = new ArrayList<>();
    }

    private final Map<Table, Section> sections = new EnumMap<>(Table.class);
    private final Map<Table, Integer> rules = new EnumMap<>(Table.class);
    private RestoreInput last;

    /** What is to be applied in the same call, after everything else. */
    RestoreInput last() {
        if (last == null) {
            last = new RestoreInput();
        }
        return last;
    }

    private Optional<RestoreInput> tail() {
        return Optional.ofNullable(last);
    }

    /** Makes a chain, or empties the one that there is. */
    void declare(Table table, String chain, Optional<ObjectKey> owner) {
        section(table).declared.add(new Line(":" + chain + " - [0:0]", owner));
    }

    /** Makes or empties a chain and fills it. */
    void rewrite(Table table, String chain, List<String> lines, Optional<ObjectKey> owner) {
        declare(table, chain, owner);
        lines.forEach(line -> append(table, chain, line, owner));
    }

    /** As {@link #rewrite}, for a chain with rules of many Services. */
    void rewriteOwned(SharedChain chain, List<OwnedRule> rules) {
        declare(chain.table(), chain.chain(), Optional.empty());
        rules.forEach(rule -> append(chain.table(), chain.chain(), rule.rule(), rule.owner()));
    }

    void append(Table table, String chain, String rule, Optional<ObjectKey> owner) {
        command(table, "-A " + chain + " " + rule, owner);
        rules.merge(table, 1, Integer::sum);
    }

    /** @param position 1 for the first place */
    void insert(Table table, String chain, int position, String rule, Optional<ObjectKey> owner) {
        command(table, "-I " + chain + " " + position + " " + rule, owner);
        rules.merge(table, 1, Integer::sum);
    }

    void delete(Table table, String chain, String rule, Optional<ObjectKey> owner) {
        command(table, "-D " + chain + " " + rule, owner);
    }

    private void command(Table table, String text, Optional<ObjectKey> owner) {
        section(table).commands.add(new Line(text, owner));
    }

    /** Removes a chain with its rules. */
    void remove(Table table, String chain, Optional<ObjectKey> owner) {
        declare(table, chain, owner);
        section(table).removed.add(new Line("-X " + chain, owner));
    }

    private Section section(Table table) {
        return sections.computeIfAbsent(table, name -> new Section());
    }

    boolean isEmpty() {
        return sections.isEmpty() && tail().map(RestoreInput::isEmpty).orElse(true);
    }

    /** The number of rules that are written, by table. */
    Map<Table, Integer> rulesWritten() {
        Map<Table, Integer> all = new EnumMap<>(Table.class);
        all.putAll(rules);
        tail().ifPresent(more -> more.rulesWritten().forEach((table, count) -> all.merge(table, count, Integer::sum)));
        return all;
    }

    /** How many transactions the kernel makes of it. */
    int transactions() {
        return sections.size() + tail().map(RestoreInput::transactions).orElse(0);
    }

    String text() {
        StringBuilder text = new StringBuilder();
        sections.forEach((table, section) -> {
            text.append('*').append(table).append('\n');
            for (List<Line> lines : List.of(section.declared, section.commands, section.removed)) {
                lines.forEach(line -> text.append(line.text()).append('\n'));
            }
            text.append("COMMIT\n");
        });
        tail().ifPresent(more -> text.append(more.text()));
        return text.toString();
    }

    /** The Service that a line of {@link #text} is for. */
    Optional<ObjectKey> owner(int lineNumber) {
        int left = lineNumber - 1;
        for (Section section : sections.values()) {
            left--;
            for (List<Line> lines : List.of(section.declared, section.commands, section.removed)) {
                if (left >= 0 && left < lines.size()) {
                    return lines.get(left).owner();
                }
                left -= lines.size();
            }
            left--;
        }
        int rest = left + 1;
        return tail().flatMap(more -> more.owner(rest));
    }
}
