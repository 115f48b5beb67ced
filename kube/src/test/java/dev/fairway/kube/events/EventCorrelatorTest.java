package dev.fairway.kube.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.kube.events.EventCorrelator.Entry;
import dev.fairway.kube.events.EventCorrelator.Occurrence;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EventCorrelatorTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private final EventCorrelator correlator = new EventCorrelator();

    private Optional<Entry> tell(String object, String message, Duration after) {
        var about = new ObjectReference("v1", "Pod", "ns", object, "uid-" + object, "7", "");
        return correlator.correlate(
                new Occurrence(about, EventType.Normal, "Reason", message, START.plus(after)));
    }

    @Test
    void repeatsRaiseTheCountOfOneEvent() {
        Entry first = tell("a", "same", Duration.ZERO).orElseThrow();
        Entry second = tell("a", "same", Duration.ofSeconds(1)).orElseThrow();
        assertTrue(first.isNew());
        assertEquals(first.name(), second.name());
        assertEquals(2, second.count());
        assertEquals(START, second.first());
    }

    @Test
    void anotherObjectOrMessageIsAnotherEvent() {
        Entry first = tell("a", "same", Duration.ZERO).orElseThrow();
        Entry other = tell("b", "same", Duration.ofMillis(1)).orElseThrow();
        Entry message = tell("a", "else", Duration.ofMillis(2)).orElseThrow();
        assertTrue(other.isNew() && message.isNew());
        assertNotEquals(first.name(), message.name());
    }

    @Test
    void theTenthMessageIsCombined() {
        for (int i = 1; i < EventCorrelator.MAX_SIMILAR; i++) {
            assertEquals("m" + i, tell("a", "m" + i, Duration.ofMillis(i)).orElseThrow().message());
        }
        assertEquals("(combined from similar events): m10", tell("a", "m10", Duration.ofMillis(10)).orElseThrow().message());
        Entry next = tell("a", "m11", Duration.ofMillis(11)).orElseThrow();
        assertEquals(2, next.count());
        assertEquals("m12", tell("a", "m12", Duration.ofMinutes(11)).orElseThrow().message());
    }

    @Test
    void oneObjectCannotFlood() {
        for (int i = 0; i < EventCorrelator.BURST; i++) {
            assertTrue(tell("a", "same", Duration.ofMillis(i)).isPresent());
        }
        assertEquals(Optional.empty(), tell("a", "same", Duration.ofSeconds(1)));
        assertTrue(tell("b", "same", Duration.ofSeconds(1)).isPresent());
        assertTrue(tell("a", "same", EventCorrelator.REFILL.plusSeconds(1)).isPresent());
    }
}
