package dev.fairway.cli.bench.measure;

import dev.fairway.kube.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** Measured values by name, told on standard error as they come and on standard output at the end. */
public final class Figures {
    /** How the figures are printed at the end. */
    public enum Output {
        text,
        json
    }

    private final Map<String, Double> values = new LinkedHashMap<>();

    public void add(String name, double value) {
        values.put(name, value);
        progress("%s: %.2f", name, value);
    }

    /** The median, the 99th percentile and the maximum, in milliseconds. */
    public void add(String name, Latencies latencies) {
        add(name + ", p50, ms", latencies.millis(50));
        add(name + ", p99, ms", latencies.millis(99));
        add(name + ", max, ms", latencies.millis(100));
    }

    public static void progress(String format, Object... arguments) {
        System.err.printf("fairway: " + format + "%n", arguments);
    }

    public void print(Output output) {
        switch (output) {
            case json -> {
                ObjectNode json = Json.object();
                values.forEach(json::put);
                System.out.println(Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(json));
            }
            case text -> values.forEach((name, value) -> System.out.printf("%-70s %12.2f%n", name, value));
        }
    }
}
