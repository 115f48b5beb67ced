package dev.fairway.node.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Cuts a stream of bytes into lines of UTF-8, so that a program that never ends its line takes no memory for it. */
final class LogLines {
    private LogLines() {}

    /**
     * Reads to the end.
     *
     * @param maxBytes of a line; what is longer becomes several lines, as in kubelet's log files
     * @param each hears of each line, without its end
     */
    static void read(InputStream in, int maxBytes, Consumer<String> each) throws IOException {
        byte[] buffer = new byte[maxBytes];
        int held = 0;
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer, held, maxBytes - held)) {
            int end = held + count;
            int start = 0;
            for (int i = held; i < end; i++) {
                if (buffer[i] == '\n') {
                    each.accept(text(buffer, start, i));
                    start = i + 1;
                }
            }
            held = end - start;
            System.arraycopy(buffer, start, buffer, 0, held);
            if (held == maxBytes) {
                each.accept(text(buffer, 0, held));
                held = 0;
            }
        }
        if (held > 0) {
            each.accept(text(buffer, 0, held));
        }
    }

    private static String text(byte[] bytes, int from, int to) {
        int end = to > from && bytes[to - 1] == '\r' ? to - 1 : to;
        return new String(bytes, from, end - from, StandardCharsets.UTF_8);
    }
}
