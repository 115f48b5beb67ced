package dev.fairway.apiserver.kinds;

import dev.fairway.apiserver.kinds.service.ServiceStrategy;
import dev.fairway.apiserver.registry.Strategy;

/** Finds the rules of a built-in kind. */
public final class Strategies {
    private Strategies() {
    }

    /** The rules of a kind by its storage group and plural; {@link Strategy#GENERIC} for a plain one. */
    public static Strategy of(String group, String plural) {
        return switch (group + "/" + plural) {
            case "/services" -> new ServiceStrategy();
            default -> Strategy.GENERIC;
        };
    }
}
