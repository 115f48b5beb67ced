package dev.fairway.proxy.model;

import java.util.List;

/** The zones and nodes that an endpoint is meant for; empty lists where the slice gives no hint. */
public record Hints(List<String> zones, List<String> nodes) {
    public static final Hints NONE = new Hints(List.of(), List.of());
}
