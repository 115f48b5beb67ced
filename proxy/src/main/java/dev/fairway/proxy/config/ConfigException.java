package dev.fairway.proxy.config;

import java.util.List;

/** A configuration that cannot be used; each problem starts with the field's path. */
public final class ConfigException extends Exception {
    private final transient List<String> problems;

    public ConfigException(List<String> problems) {
        super(String.join("; ", problems));
        this.problems = List.copyOf(problems);
    }

    public ConfigException(String problem) {
        this(List.of(problem));
    }

    public List<String> problems() {
        return problems;
    }
}
