package dev.fairway.cli.proxy;

import dev.fairway.kube.Json;
import dev.fairway.proxy.check.CheckReport;
import dev.fairway.proxy.check.Finding;
import dev.fairway.proxy.config.ProxyMode;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/** How {@code fairway proxy --check} prints what it found. */
enum CheckOutput {
    text,
    json;

    private static final String ROW = "%-48s %-9s %-9s %-8s %s";

    /** @param chosen the mode that the configuration asks for */
    String format(CheckReport report, ProxyMode chosen) {
        return switch (this) {
            case text -> table(report, chosen);
            case json -> Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(tree(report, chosen)) + "\n";
        };
    }

    private static String table(CheckReport report, ProxyMode chosen) {
        StringBuilder text = new StringBuilder("kernel ").append(report.kernel()).append("\n\n");
        row(text, "FEATURE", "IPTABLES", "NFTABLES", "PRESENT", "");
        for (Finding finding : report.findings()) {
            row(text, finding.feature(), need(finding, ProxyMode.IPTABLES), need(finding, ProxyMode.NFTABLES),
                    finding.present() ? "yes" : "NO", finding.detail());
        }
        text.append('\n');
        for (ProxyMode mode : ProxyMode.values()) {
            text.append("mode ").append(mode).append(report.works(mode) ? ": can work" : ": cannot work")
                    .append(mode == chosen ? " (chosen)\n" : "\n");
        }
        return text.toString();
    }

    private static void row(StringBuilder text, Object... cells) {
        text.append(ROW.formatted(cells).stripTrailing()).append('\n');
    }

    private static String need(Finding finding, ProxyMode mode) {
        return finding.need(mode).map(need -> need.name().toLowerCase(Locale.ROOT)).orElse("-");
    }

    private static ObjectNode tree(CheckReport report, ProxyMode chosen) {
        ObjectNode json = Json.object().put("kernel", report.kernel()).put("mode", chosen.toString());
        ObjectNode works = json.putObject("works");
        for (ProxyMode mode : ProxyMode.values()) {
            works.put(mode.toString(), report.works(mode));
        }
        for (Finding finding : report.findings()) {
            ObjectNode feature = json.withArray("features").addObject().put("feature", finding.feature())
                    .put("present", finding.present()).put("detail", finding.detail());
            ObjectNode needs = feature.putObject("modes");
            for (ProxyMode mode : ProxyMode.values()) {
                finding.need(mode).ifPresent(need -> needs.put(mode.toString(), need.name().toLowerCase(Locale.ROOT)));
            }
        }
        return json;
    }
}
