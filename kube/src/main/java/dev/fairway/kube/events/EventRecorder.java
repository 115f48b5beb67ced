package dev.fairway.kube.events;

import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.Times;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ApiException;
import dev.fairway.kube.client.PatchType;
import dev.fairway.kube.informer.Backoff;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes {@code core/v1} Events in the background, so that telling of something never holds up doing it. Repeats
 * raise the count of one Event. Up to 1,000 occurrences wait for the server; more are counted and dropped.
 */
public final class EventRecorder implements AutoCloseable {
    private static final Logger LOG = System.getLogger(EventRecorder.class.getName());
    private static final int MAX_WAITING = 1_000;
    private static final int MAX_TRIES = 12;

    private final ApiClient client;
    private final String component;
    private final String host;
    private final InstantSource clock;
    private final BlockingQueue<EventCorrelator.Occurrence> waiting = new LinkedBlockingQueue<>(MAX_WAITING);
    private final EventCorrelator correlator = new EventCorrelator();
    private final AtomicLong lastNanos = new AtomicLong();
    private final Thread thread;
    private volatile boolean closed;

    /**
     * @param component who speaks, such as {@code deployment-controller} or {@code kubelet}
     * @param host the node it runs on; empty for none
     */
    public EventRecorder(ApiClient client, String component, String host, InstantSource clock) {
        this.client = client;
        this.component = component;
        this.host = host;
        this.clock = clock;
        this.thread = Thread.ofVirtual().name("events-" + component).start(this::run);
    }

    public EventRecorder(ApiClient client, String component) {
        this(client, component, "", InstantSource.system());
    }

    public void normal(KubeObject about, String reason, String message) {
        record(ObjectReference.of(about), EventType.Normal, reason, message);
    }

    public void warning(KubeObject about, String reason, String message) {
        record(ObjectReference.of(about), EventType.Warning, reason, message);
    }

    /** Takes note of something that happened now, and returns at once. */
    public void record(ObjectReference about, EventType type, String reason, String message) {
        var occurrence = new EventCorrelator.Occurrence(about, type, reason, message, uniqueNow());
        if (!waiting.offer(occurrence)) {
            LOG.log(Level.WARNING, "{0}: too many Events wait; dropped {1} about {2}", component, reason, about.name());
        }
    }

    /** Two Events about one object in the same clock tick must not get the same name. */
    private Instant uniqueNow() {
        Instant now = clock.instant();
        long nanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
        long unique = lastNanos.updateAndGet(last -> Math.max(last + 1, nanos));
        return Instant.ofEpochSecond(unique / 1_000_000_000L, unique % 1_000_000_000L);
    }

    private void run() {
        try {
            // An occurrence that comes together with the interruption wins over it.
            for (EventCorrelator.Occurrence next = waiting.take(); !closed; next = waiting.take()) {
                var entry = correlator.correlate(next);
                if (entry.isPresent()) {
                    write(entry.get());
                }
            }
        } catch (InterruptedException e) {
            LOG.log(Level.TRACE, "{0}: recorder closed", component);
        }
    }

    private void write(EventCorrelator.Entry entry) throws InterruptedException {
        Backoff backoff =
                new Backoff(Duration.ofMillis(200), Duration.ofSeconds(10), ThreadLocalRandom.current());
        for (int tries = 1; ; tries++) {
            try {
                writeOnce(entry);
                return;
            } catch (ApiException e) {
                // A refusal is final, as is a namespace that is going away; silence and overload are not.
                boolean retry = e.code() == 0 || e.code() == 429 || e.code() >= 500;
                if (!retry || tries == MAX_TRIES) {
                    LOG.log(Level.DEBUG, "{0}: Event {1} about {2} not written: {3}", component,
                            entry.occurrence().reason(), entry.occurrence().about().name(), e.getMessage());
                    return;
                }
                Thread.sleep(backoff.next());
            }
        }
    }

    private void writeOnce(EventCorrelator.Entry entry) {
        if (entry.isNew()) {
            client.create(ResourceType.EVENTS, event(entry));
            return;
        }
        ObjectNode patch = Json.object().put("count", entry.count()).put("message", entry.message())
                .put("lastTimestamp", Times.format(entry.occurrence().at()));
        try {
            client.patch(ResourceType.EVENTS, namespace(entry), entry.name(), PatchType.MERGE, patch);
        } catch (ApiException e) {
            if (!e.notFound()) {
                throw e;
            }
            // Its time to live is over on the server: it starts a new life with the count it has.
            client.create(ResourceType.EVENTS, event(entry));
        }
    }

    private KubeObject event(EventCorrelator.Entry entry) {
        EventCorrelator.Occurrence occurrence = entry.occurrence();
        KubeObject event = KubeObject.of(ResourceType.EVENTS, namespace(entry), entry.name());
        ObjectNode json = event.json();
        json.set("involvedObject", occurrence.about().json());
        json.put("reason", occurrence.reason());
        json.put("message", entry.message());
        ObjectNode source = json.putObject("source").put("component", component);
        if (!host.isEmpty()) {
            source.put("host", host);
        }
        json.put("firstTimestamp", Times.format(entry.first()));
        json.put("lastTimestamp", Times.format(occurrence.at()));
        json.put("count", entry.count());
        json.put("type", occurrence.type().name());
        json.putNull("eventTime");
        json.put("reportingComponent", component);
        json.put("reportingInstance", host);
        return event;
    }

    /** Events about cluster-scoped objects live in {@code default}. */
    private static String namespace(EventCorrelator.Entry entry) {
        String namespace = entry.occurrence().about().namespace();
        return namespace.isEmpty() ? "default" : namespace;
    }

    /** Stops at once; what still waits is not written. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
