package dev.fairway.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/**
 * One line a record as klog's header has it, which log collectors take apart: {@code Lmmdd hh:mm:ss.uuuuuu pid file:line] msg}.
 * What is logged only at a higher verbosity is marked as information too.
 */
public final class KlogLines extends Formatter {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("MMdd HH:mm:ss.SSSSSS").withZone(ZoneId.systemDefault());

    private final String process = "%7d".formatted(ProcessHandle.current().pid());

    @Override
    public String format(LogRecord entry) {
        StringBuilder line = new StringBuilder(160)
                .append(letter(entry.getLevel()))
                .append(TIME.format(entry.getInstant()))
                .append(' ').append(process)
                .append(' ').append(caller(entry.getLoggerName() == null ? "" : entry.getLoggerName()))
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
        return level.intValue() >= Level.WARNING.intValue() ? 'W' : 'I';
    }

    /** Loggers are named after their classes, and records are written by the thread that logs. */
    public static String caller(String logger) {
        return StackWalker.getInstance().walk(frames -> frames
                        .filter(frame -> frame.getClassName().equals(logger) || frame.getClassName().startsWith(logger + "$"))
                        .findFirst())
                .map(frame -> frame.getFileName() + ":" + frame.getLineNumber())
                .orElse(logger.substring(logger.lastIndexOf('.') + 1) + ".java:0");
    }
}
