package dev.fairway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** Lines that a collector which knows klog can read. */
class KlogLinesTest {
    private static String logged(Level level, String message) {
        List<String> lines = new ArrayList<>();
        Logger logger = Logger.getLogger(KlogLinesTest.class.getName());
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                lines.add(new KlogLines().format(entry));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.setUseParentHandlers(false);
        logger.setLevel(Level.ALL);
        logger.addHandler(handler);
        logger.log(level, message);
        logger.removeHandler(handler);
        return lines.getFirst();
    }

    @Test
    void aLineHasKlogsHeader() {
        String line = logged(Level.WARNING, "hello there");
        assertTrue(line.matches(
                "W\\d{4} \\d\\d:\\d\\d:\\d\\d[.]\\d{6} +" + ProcessHandle.current().pid()
                        + " KlogLinesTest[.]java:\\d+] hello there\n"), line);
        assertEquals("EI", "" + logged(Level.SEVERE, "x").charAt(0) + logged(Level.FINE, "x").charAt(0));
    }
}
