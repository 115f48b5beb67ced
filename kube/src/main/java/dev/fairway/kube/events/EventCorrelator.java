package dev.fairway.kube.events;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides what becomes of each occurrence: a new Event, a higher count on an earlier one, or nothing.
 *
 * <p>The limits are those of client-go's {@code events_cache.go}: repeats of one message raise the count; from the
 * tenth different message of one reason about one object on, within ten minutes, they are combined; and one object
 * gets 25 Events at once and one in five minutes after that. Not safe for use by several threads.
 */
final class EventCorrelator {
    static final int MAX_SIMILAR = 10;
    static final Duration SIMILAR_WINDOW = Duration.ofMinutes(10);
    static final int BURST = 25;
    static final Duration REFILL = Duration.ofMinutes(5);
    private static final int CACHE_SIZE = 4096;
    private static final String COMBINED = "(combined from similar events): ";

    /** Something that happened to an object. */
    record Occurrence(ObjectReference about, EventType type, String reason, String message, Instant at) {}

    /** One Event object as it should be stored; {@code count} is 1 for a new one. */
    record Entry(String name, Occurrence occurrence, String message, int count, Instant first) {
        boolean isNew() {
            return count == 1;
        }
    }

    private record Similar(ObjectReference about, EventType type, String reason) {}

    private record Same(Similar similar, String message) {}

    private static final class Messages {
        private final Set<String> seen = new HashSet<>();
        private Instant last = Instant.MIN;
    }

    private record Bucket(double tokens, Instant at) {}

    private record Seen(String name, int count, Instant first) {}

    private final Map<Similar, Messages> similar = lru();
    private final Map<Same, Seen> seen = lru();
    private final Map<ObjectReference, Bucket> buckets = lru();

    /** The Event to write for an occurrence; empty when there were too many about that object. */
    Optional<Entry> correlate(Occurrence occurrence) {
        Similar group = new Similar(occurrence.about().anyVersion(), occurrence.type(), occurrence.reason());
        boolean combined = tooManyMessages(group, occurrence);
        Same key = new Same(group, combined ? "" : occurrence.message());
        String message = combined ? COMBINED + occurrence.message() : occurrence.message();
        Seen before = seen.get(key);
        Seen now = before == null
                ? new Seen(eventName(occurrence), 1, occurrence.at())
                : new Seen(before.name(), before.count() + 1, before.first());
        seen.put(key, now);
        return takeToken(group.about(), occurrence.at())
                ? Optional.of(new Entry(now.name(), occurrence, message, now.count(), now.first()))
                : Optional.empty();
    }

    private boolean tooManyMessages(Similar group, Occurrence occurrence) {
        Messages messages = similar.computeIfAbsent(group, ignored -> new Messages());
        if (messages.last.isBefore(occurrence.at().minus(SIMILAR_WINDOW))) {
            messages.seen.clear();
        }
        messages.last = occurrence.at();
        if (messages.seen.contains(occurrence.message())) {
            return messages.seen.size() >= MAX_SIMILAR;
        }
        if (messages.seen.size() < MAX_SIMILAR) {
            messages.seen.add(occurrence.message());
        }
        return messages.seen.size() >= MAX_SIMILAR;
    }

    private boolean takeToken(ObjectReference about, Instant now) {
        Bucket bucket = buckets.getOrDefault(about, new Bucket(BURST, now));
        double refilled = (double) Duration.between(bucket.at(), now).toMillis() / REFILL.toMillis();
        double tokens = Math.min(BURST, bucket.tokens() + Math.max(0, refilled));
        buckets.put(about, new Bucket(tokens >= 1 ? tokens - 1 : tokens, now));
        return tokens >= 1;
    }

    /** Event names are the object's name and a time in hexadecimal, as client-go makes them. */
    private static String eventName(Occurrence occurrence) {
        Instant at = occurrence.at();
        return occurrence.about().name() + "."
                + Long.toHexString(at.getEpochSecond() * 1_000_000_000L + at.getNano());
    }

    private static <K, V> Map<K, V> lru() {
        return new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > CACHE_SIZE;
            }
        };
    }
}
