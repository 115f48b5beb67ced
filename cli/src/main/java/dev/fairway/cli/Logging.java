package dev.fairway.cli;

import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Logs to standard error, a line a record, in the form that Kubernetes' own components use (klog). */
public final class Logging {
    // Kept: java.util.logging holds its loggers weakly, and a collected one forgets its level.
    private static final Logger ROOT = Logger.getLogger("");
    private static final Logger FAIRWAY = Logger.getLogger("dev.fairway");
    private static final Logger WEB_SERVER = Logger.getLogger("io.helidon");
    private static final Logger ETCD_CLIENT = Logger.getLogger("io.etcd");

    private Logging() {}

    /** Replaces the JDK's default format; level from the environment variable FAIRWAY_LOG, WARNING without it. */
    public static void install() {
        for (Handler handler : ROOT.getHandlers()) {
            ROOT.removeHandler(handler);
        }
        ConsoleHandler console = new ConsoleHandler();
        console.setFormatter(new KlogLines());
        console.setLevel(Level.ALL);
        ROOT.addHandler(console);
        // It greets at each start with what only its own developers want to know.
        WEB_SERVER.setLevel(Level.WARNING);
        // It warns of each call that it does not try again; the store does, and says so where that is in vain.
        ETCD_CLIENT.setLevel(Level.SEVERE);
        setLevel(level(System.getenv().getOrDefault("FAIRWAY_LOG", "WARNING")));
    }

    /** More than INFO is logged of Fairway itself only, and not of the JDK and the libraries. */
    public static void setLevel(Level level) {
        ROOT.setLevel(level.intValue() < Level.INFO.intValue() ? Level.INFO : level);
        FAIRWAY.setLevel(level);
    }

    /** Replaces the form in which records are written. */
    public static void setFormatter(Formatter formatter) {
        for (Handler handler : ROOT.getHandlers()) {
            handler.setFormatter(formatter);
        }
    }

    private static Level level(String name) {
        try {
            return Level.parse(name.toUpperCase(java.util.Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new UserError("FAIRWAY_LOG: \"" + name + "\" is no level; use FINE, INFO, WARNING or SEVERE", e);
        }
    }
}
