package dev.fairway.store;

import java.util.ArrayList;
import java.util.List;

/** The events since the last compaction, in revision order. */
final class EventLog {

    private Event[] ring = new Event[1024];
    private int head;
    private int size;

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
