package dev.fairway.proxy.check;

import dev.fairway.proxy.config.ProxyMode;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a node can do.
 *
 * @param kernel its release, as {@code uname -r} prints it
 */
public record CheckReport(String kernel, List<Finding> findings) {
    public CheckReport {
        findings = List.copyOf(findings);
    }

    /** Whether nothing is missing that a mode needs. */
    public boolean works(ProxyMode mode) {
        return missing(mode, Finding.Need.NEEDED).isEmpty();
    }

    /** The features that a mode needs or could use, and that are not there. */
    public List<Finding> missing(ProxyMode mode, Finding.Need need) {
        return findings.stream()
                .filter(finding -> !finding.present() && finding.need(mode).equals(Optional.of(need)))
                .toList();
    }

    /** One line for the log. */
    public String summary(ProxyMode mode) {
        String answer = "kernel " + kernel + ": mode " + mode + (works(mode) ? " can work" : " cannot work");
        return answer + listed("; needs ", missing(mode, Finding.Need.NEEDED))
                + listed("; does without ", missing(mode, Finding.Need.USEFUL));
    }

    private static String listed(String before, List<Finding> missing) {
        return missing.isEmpty() ? "" : missing.stream()
                .map(finding -> finding.detail().isEmpty() ? finding.feature() : finding.feature() + " (" + finding.detail() + ")")
                .collect(Collectors.joining(", ", before, ""));
    }
}
