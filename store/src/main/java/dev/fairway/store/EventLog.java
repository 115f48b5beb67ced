package dev.fairway.store;

import java.util.ArrayList;
import java.util.List;

/** The events since the last compaction, in revision order. */
final class EventLog {

    private Event[] ring = new Event[1024];
    private int head;
    private int size;
    private long bytes;

    synchronized void append(Event event) {
        if (size == ring.length) {
            Event[] wider = new Event[2 * ring.length];
            for (int i = 0; i < size; i++) {
                wider[i] = at(i);
            }
            ring = wider;
            head = 0;
        }
        ring[(head + size++) & (ring.length - 1)] = event;
        bytes += bytes(event);
    }

    /** What an event keeps in memory that would not be there without it. */
    private static int bytes(Event event) {
        return event.previous().map(previous -> previous.value().length).orElse(0);
    }

    /**
     * The revision of the newest event that must go so that the values kept by the events take no more than {@code most}
     * bytes; 0 if none must.
     */
    synchronized long excess(long most) {
        if (bytes <= most) {
            return 0;
        }
        long kept = 0;
        for (int i = size - 1; i >= 0; i--) {
            kept += bytes(at(i));
            if (kept > most) {
                return at(i).revision();
            }
        }
        return 0;
    }

    /** The events of keys with this prefix whose revision is in {@code (after, upTo]}. */
    synchronized List<Event> between(String prefix, long after, long upTo) {
        List<Event> events = new ArrayList<>();
        for (int i = firstAfter(after); i < size && at(i).revision() <= upTo; i++) {
            if (at(i).entry().key().startsWith(prefix)) {
                events.add(at(i));
            }
        }
        return events;
    }

    /** Takes out and returns the oldest events up to {@code revision}, at most {@code max} of them. */
    synchronized List<Event> drain(long revision, int max) {
        List<Event> events = new ArrayList<>();
        while (size > 0 && events.size() < max && at(0).revision() <= revision) {
            events.add(ring[head]);
            bytes -= bytes(ring[head]);
            ring[head] = null;
            head = (head + 1) & (ring.length - 1);
            size--;
        }
        return events;
    }

    private int firstAfter(long revision) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (at(middle).revision() > revision) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private Event at(int index) {
        return ring[(head + index) & (ring.length - 1)];
    }
}
