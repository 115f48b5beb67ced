package dev.fairway.proxy.iptables;

/** Rulesets as text with one rule per line, for readable failures. */
final class Rulesets {
    private Rulesets() {}

    static String text(Ruleset ruleset) {
        StringBuilder text = new StringBuilder();
        for (Table table : Table.values()) {
            text.append('*').append(table).append('\n');
            ruleset.chains().get(table).keySet().forEach(chain -> text.append(':').append(chain).append('\n'));
            ruleset.jumps().get(table).forEach((chain, rules) -> rules.forEach(rule -> line(text, chain, rule)));
            ruleset.chains().get(table).forEach((chain, rules) -> rules.forEach(rule -> line(text, chain, rule)));
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String chain, String rule) {
        text.append("-A ").append(chain).append(' ').append(rule).append('\n');
    }
}
