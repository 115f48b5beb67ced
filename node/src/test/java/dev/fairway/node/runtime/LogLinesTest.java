package dev.fairway.node.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class LogLinesTest {
    private static List<String> lines(InputStream in, int max) throws IOException {
        List<String> lines = new ArrayList<>();
        LogLines.read(in, max, lines::add);
        return lines;
    }

    private static InputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void cutsAtLineEndsAndAtTheLimit() throws IOException {
        assertEquals(List.of(), lines(bytes(""), 8));
        assertEquals(List.of("a", "", "b"), lines(bytes("a\n\nb\n"), 8));
        assertEquals(List.of("a", "b"), lines(bytes("a\r\nb"), 8));
        assertEquals(List.of("12345678", "9"), lines(bytes("123456789"), 8));
        assertEquals(List.of("1234567", "8"), lines(bytes("1234567\n8\n"), 8));
        assertEquals(List.of("grün"), lines(bytes("grün\n"), 8));
    }

    /** However the bytes arrive, the lines are the same. */
    @Test
    void readsInPiecesLikeInOne() throws IOException {
        Random random = new Random(7);
        for (int round = 0; round < 500; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(200); i > 0; i--) {
                text.append(random.nextInt(5) == 0 ? '\n' : (char) ('a' + random.nextInt(26)));
            }
            InputStream pieces = new ByteArrayInputStream(text.toString().getBytes(StandardCharsets.UTF_8)) {
                @Override
                public synchronized int read(byte[] buffer, int from, int length) {
                    return super.read(buffer, from, Math.min(length, 1 + random.nextInt(4)));
                }
            };
            int seed = round;
            assertEquals(lines(bytes(text.toString()), 16), lines(pieces, 16), () -> "round " + seed);
        }
    }
}
