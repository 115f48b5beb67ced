package dev.fairway.node.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ContainerLogTest {
    private final ContainerLog log = new ContainerLog();

    private static List<String> texts(List<ContainerLog.Line> lines) {
        return lines.stream().map(ContainerLog.Line::text).toList();
    }

    @Test
    void givesLinesFromANumberOnAndFromTheEnd() {
        for (String text : List.of("a", "b", "c")) {
            log.append(Instant.EPOCH, text);
        }
        assertEquals(List.of("b", "c"), texts(log.from(1)));
        assertEquals(1, log.fromEnd(2));
        assertEquals(0, log.fromEnd(10));
    }

    @Test
    void aReaderWaitsForMoreUntilTheEnd() throws Exception {
        CompletableFuture<Optional<List<ContainerLog.Line>>> more = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                more.complete(log.await(0));
            } catch (InterruptedException e) {
                more.completeExceptionally(e);
            }
        });
        log.append(Instant.EPOCH, "late");
        assertEquals(List.of("late"), texts(more.get(10, TimeUnit.SECONDS).orElseThrow()));
        log.end();
        assertEquals(Optional.empty(), log.await(1));
    }

    @Test
    void keepsTheNewestMegabytes() {
        String text = "x".repeat(16 << 10);
        for (int i = 0; i < 1000; i++) {
            log.append(Instant.EPOCH, text);
        }
        List<ContainerLog.Line> kept = log.from(0);
        assertEquals(999, kept.getLast().number());
        assertEquals(256, kept.size());
        assertTrue(log.from(990).size() == 10);
    }
}
