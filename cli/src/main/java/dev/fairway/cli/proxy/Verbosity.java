package dev.fairway.cli.proxy;

import dev.fairway.cli.Logging;
import dev.fairway.proxy.config.ProxyConfig;
import java.util.logging.Level;

/** Turns {@code -v} and {@code --logging-format} into what is logged, and how. */
final class Verbosity {
    private Verbosity() {}

    static void apply(ProxyConfig.Logging logging) {
        Logging.setLevel(level(logging.verbosity()));
        if (logging.format().equals("json")) {
            Logging.setFormatter(new JsonLines());
        }
    }

    /** Kubernetes' components log changes from 4 on, and every step from 6 on. */
    static Level level(int verbosity) {
        if (verbosity < 4) {
            return Level.INFO;
        }
        return verbosity < 6 ? Level.FINE : Level.FINER;
    }
}
