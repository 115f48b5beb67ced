package dev.fairway.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Logs to standard error, a line a record, in the form that Kubernetes' own components use (klog). */
public final class Logging {
    // Kept: java.util.logging holds its loggers weakly, and a collected one forgets its level.
    private static final Logger ROOT = Logger.getLogger("");
    private static final Logger FAIRWAY = Logger.getLogger("dev.fairway");
    private static final Logger WEB_SERVER = Logger.getLogger("io.helidon");

    private Logging() {}

    /** Replaces the JDK's default format; level from the environment variable FAIRWAY_LOG, WARNING without it. */
    public static void install() {
        for (Handler handler : ROOT.getHandlers()) {
            ROOT.removeHandler(handler);
        }
        ConsoleHandler console = new ConsoleHandler();
        console.setFormatter(new Klog());
        console.setLevel(Level.ALL);
        ROOT.addHandler(console);
        // It greets at each start with what only its own developers want to know.
        WEB_SERVER.setLevel(Level.WARNING);
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

    private static final class Klog extends Formatter {
        private static final DateTimeFormatter TIME =
                DateTimeFormatter.ofPattern("MMdd HH:mm:ss.SSSSSS").withZone(ZoneId.systemDefault());

        @Override
        public String format(LogRecord entry) {
            String name = entry.getLoggerName();
            StringBuilder line = new StringBuilder()
                    .append(letter(entry.getLevel()))
                    .append(TIME.format(entry.getInstant()))
                    .append(' ')
                    .append(name == null ? "" : name.substring(name.lastIndexOf('.') + 1))
                    .append("] ")
                    .append(formatMessage(entry))
                    .append('\n');
            if (entry.getThrown() != null) {
                StringWriter trace = new StringWriter();
                entry.getThrown().printStackTrace(new PrintWriter(trace));
                line.append(trace);
            }
            return line.toString();
        }

        private static char letter(Level level) {
            if (level.intValue() >= Level.SEVERE.intValue()) {
                return 'E';
            }
            if (level.intValue() >= Level.WARNING.intValue()) {
                return 'W';
            }
            return level.intValue() >= Level.INFO.intValue() ? 'I' : 'D';
        }
    }
}
