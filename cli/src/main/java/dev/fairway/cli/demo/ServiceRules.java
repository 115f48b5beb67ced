package dev.fairway.cli.demo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The way of one Service through {@code iptables-save -t nat}: from KUBE-SERVICES to its KUBE-SVC chain, and on to
 * each KUBE-SEP chain with its probability and DNAT target.
 *
 * @param rules the rules on that way, in order, as iptables-save prints them
 * @param serviceChain the KUBE-SVC chain; empty when there is none
 * @param targets DNAT target by KUBE-SEP chain
 */
record ServiceRules(List<String> rules, String serviceChain, Map<String, String> targets) {
    private static final Pattern JUMP = Pattern.compile("-j (KUBE-\\S+)");
    private static final Pattern DNAT = Pattern.compile("--to-destination (\\S+)");

    /** Follows the Service at {@code clusterIp}:{@code port}. */
    static ServiceRules follow(String save, String clusterIp, int port) {
        List<String> shown = new ArrayList<>();
        Optional<String> entry = in(save, "KUBE-SERVICES")
                .filter(rule -> rule.contains("-d " + clusterIp + "/32") && rule.contains("--dport " + port + " "))
                .findFirst();
        String service = entry.flatMap(ServiceRules::jump).orElse("");
        entry.ifPresent(shown::add);
        Map<String, String> targets = new LinkedHashMap<>();
        if (!service.isEmpty()) {
            for (String rule : in(save, service).toList()) {
                shown.add(rule);
                jump(rule).filter(chain -> chain.startsWith("KUBE-SEP-")).ifPresent(chain -> targets.put(chain, ""));
            }
        }
        for (String chain : List.copyOf(targets.keySet())) {
            for (String rule : in(save, chain).toList()) {
                shown.add(rule);
                Matcher dnat = DNAT.matcher(rule);
                if (dnat.find()) {
                    targets.put(chain, dnat.group(1));
                }
            }
        }
        return new ServiceRules(shown, service, targets);
    }

    private static Stream<String> in(String save, String chain) {
        return save.lines().filter(line -> line.startsWith("-A " + chain + " "));
    }

    private static Optional<String> jump(String rule) {
        Matcher jump = JUMP.matcher(rule);
        return jump.find() ? Optional.of(jump.group(1)) : Optional.empty();
    }
}
