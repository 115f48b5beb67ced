package dev.fairway.cli.demo;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;

/** Reads what {@code kubectl describe service} prints. */
final class Description {
    private static final String ENDPOINTS = "Endpoints:";

    private Description() {}

    /** All that the lines {@code Endpoints:} name, each as {@code IP:PORT}. */
    static Set<String> endpoints(String description) {
        Set<String> endpoints = new TreeSet<>();
        description.lines()
                .filter(line -> line.startsWith(ENDPOINTS))
                .flatMap(line -> Arrays.stream(line.substring(ENDPOINTS.length()).split(",")))
                .map(String::trim)
                .filter(each -> !each.isEmpty() && !each.equals("<none>"))
                .forEach(endpoints::add);
        return endpoints;
    }
}
