package dev.fairway.node.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ProbeTrackerTest {
    /** Answers and findings: + good, - bad, . nothing yet. */
    @ParameterizedTest
    @CsvSource({
        "1, 3, +--+---+, +..+..-+",
        "1, 1, -+-+, -+-+",
        "2, 2, +-++--+-++, ...+.-...+",
        "3, 1, +++-++, ..+-..",
        "1, 3, -----, ..---"
    })
    void thresholdsCountAnswersInARow(int success, int failure, String answers, String findings) {
        ProbeTracker tracker = new ProbeTracker(success, failure);
        assertEquals(findings, answers.chars()
                .mapToObj(answer -> tracker.add(answer == '+').map(good -> good ? "+" : "-").orElse("."))
                .collect(Collectors.joining()));
    }
}
