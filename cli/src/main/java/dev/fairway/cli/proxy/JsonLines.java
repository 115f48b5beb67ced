package dev.fairway.cli.proxy;

import dev.fairway.cli.KlogLines;
import dev.fairway.kube.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import tools.jackson.databind.node.ObjectNode;

/** One JSON object a line, with the fields that Kubernetes' components write: {@code ts} in milliseconds, {@code v}, {@code msg}. */
final class JsonLines extends Formatter {
    @Override
    public String format(LogRecord entry) {
        ObjectNode line = Json.object();
        line.put("ts", entry.getInstant().toEpochMilli() + entry.getInstant().getNano() % 1_000_000 / 1e6);
        line.put("caller", KlogLines.caller(entry.getLoggerName() == null ? "" : entry.getLoggerName()));
        line.put("msg", formatMessage(entry));
        if (entry.getLevel().intValue() >= Level.SEVERE.intValue()) {
            line.put("err", entry.getThrown() == null ? "" : String.valueOf(entry.getThrown().getMessage()));
        } else {
            line.put("v", entry.getLevel().intValue() >= Level.INFO.intValue() ? 0 : 4);
        }
        if (entry.getThrown() != null) {
            StringWriter trace = new StringWriter();
            entry.getThrown().printStackTrace(new PrintWriter(trace));
            line.put("stacktrace", trace.toString());
        }
        return new String(Json.bytes(line), StandardCharsets.UTF_8) + "\n";
    }
}
