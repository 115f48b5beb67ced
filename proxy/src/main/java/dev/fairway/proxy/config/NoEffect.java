package dev.fairway.proxy.config;

import dev.fairway.kube.GoDuration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Finds fields that were set to something and have no effect here, so that an operator is told once. */
final class NoEffect {
    /** Pointer of a field, and why it does nothing. */
    private static final Map<String, String> REASONS = Map.ofEntries(
            Map.entry("/clientConnection/acceptContentTypes", "the API is always read as JSON"),
            Map.entry("/clientConnection/contentType", "the API is always read as JSON"),
            Map.entry("/configSyncPeriod", "watches are resumed and need no periodic refresh"),
            Map.entry("/enableProfiling", "there is no /debug/pprof; use the JDK's own tools, such as jcmd"),
            Map.entry("/ipvs", "there is no mode ipvs"),
            Map.entry("/logging/flushFrequency", "log lines are written at once"),
            Map.entry("/logging/options", "log lines are written at once"),
            Map.entry("/portRange", "it has none in kube-proxy either"),
            Map.entry("/showHiddenMetricsForVersion", "no metrics are hidden"),
            Map.entry("/windowsRunAsService", "it is for Windows"),
            Map.entry("/winkernel", "it is for Windows"));

    private NoEffect() {}

    /** One line for each field that was given a value other than a zero value or the default. */
    static List<String> notes(JsonNode given, JsonNode defaults) {
        List<String> notes = new ArrayList<>();
        REASONS.forEach((pointer, reason) -> {
            JsonNode value = given.at(pointer);
            if (!isZero(value) && !sameWhereSet(value, defaults.at(pointer))) {
                notes.add(pointer.substring(1).replace('/', '.') + " has no effect: " + reason);
            }
        });
        given.path("featureGates").propertyNames().stream()
                .filter(gate -> !gate.equals(ProxyConfig.NFTABLES_LOCALHOST_NODE_PORTS))
                .forEach(gate -> notes.add("featureGates." + gate + " has no effect: there is no such gate here"));
        notes.sort(null);
        return notes;
    }

    private static boolean isZero(JsonNode node) {
        return switch (node.getNodeType()) {
            case MISSING, NULL -> true;
            case STRING -> node.stringValue().isEmpty()
                    || GoDuration.parse(node.stringValue()).filter(java.time.Duration::isZero).isPresent();
            case BOOLEAN -> !node.booleanValue();
            case NUMBER -> node.doubleValue() == 0;
            case ARRAY, OBJECT -> node.valueStream().allMatch(NoEffect::isZero);
            case BINARY, POJO -> false;
        };
    }

    private static boolean sameWhereSet(JsonNode value, JsonNode standard) {
        if (value.isObject()) {
            return value.properties().stream().allMatch(entry ->
                    isZero(entry.getValue()) || sameWhereSet(entry.getValue(), standard.path(entry.getKey())));
        }
        return value.equals(standard);
    }
}
