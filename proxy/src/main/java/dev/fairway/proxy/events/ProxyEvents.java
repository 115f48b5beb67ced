package dev.fairway.proxy.events;

import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ObjectKey;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ApiException;
import dev.fairway.kube.client.PatchType;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes Events in the background. One that repeats within six minutes becomes a series; at most 100 wait for the server,
 * more are dropped, as Events are for people and never hold up the proxy.
 */
public final class ProxyEvents implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ProxyEvents.class.getName());
    private static final ResourceType EVENTS = new ResourceType("events.k8s.io", "v1", "events", "Event", true);
    private static final String CONTROLLER = "kube-proxy";
    private static final Duration SERIES_WINDOW = Duration.ofMinutes(6);
    private static final Duration RETRY = Duration.ofSeconds(10);
    private static final int MAX_WAITING = 100;
    private static final int MAX_TRIES = 12;
    private static final int MAX_NOTE = 1024;
    private static final int MAX_KNOWN = 1000;
    private static final DateTimeFormatter MICRO_TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    /** What happened, without the time. */
    private record Fact(ObjectNode regarding, String namespace, String type, String reason, String action, String note) {}

    private record Occurrence(Fact fact, Instant at) {}

    /** An Event that was written. */
    private record Written(String name, Instant last, int count) {}

    private final ApiClient client;
    private final String nodeName;
    private final InstantSource clock;
    private final BlockingQueue<Occurrence> waiting = new LinkedBlockingQueue<>(MAX_WAITING);
    private final Map<Fact, Written> known = new LinkedHashMap<>();
    private final Thread thread;
    private volatile boolean closed;

    public ProxyEvents(ApiClient client, String nodeName, InstantSource clock) {
        this.client = client;
        this.nodeName = nodeName;
        this.clock = clock;
        this.thread = Thread.ofVirtual().name("events-" + nodeName).start(this::run);
    }

    /** The proxy has started. */
    public void starting() {
        record(node(), "default", "Normal", "Starting", "StartKubeProxy", "");
    }

    /** A server of the proxy cannot listen, and the configuration calls that fatal. */
    public void serverFailed(String reason, String note) {
        record(node(), "default", "Warning", reason, "StartKubeProxy", note);
    }

    /** A health check node port cannot be opened. */
    public void serviceHealthFailed(ObjectKey service, int port, String why) {
        record(service("Service", service), service.namespace(), "Warning", "FailedToStartServiceHealthcheck", "Listen",
                "node %s failed to start healthcheck \"%s\" on port %d: %s".formatted(nodeName, service, port, why));
    }

    /**
     * An object, or a part of it, gets no rules because of what it says.
     *
     * @param uid that by which {@code kubectl describe} finds an object's Events; empty if it is not known
     */
    public void setAside(String kind, ObjectKey key, String uid, String why) {
        ObjectNode object = service(kind, key);
        if (!uid.isEmpty()) {
            object.put("uid", uid);
        }
        record(object, key.namespace(), "Warning", "InvalidObject", "SyncProxyRules", why);
    }

    private ObjectNode node() {
        // kube-proxy does not know its Node's UID, and gives the name for it.
        return Json.object().put("kind", "Node").put("name", nodeName).put("uid", nodeName);
    }

    private static ObjectNode service(String kind, ObjectKey key) {
        return Json.object().put("kind", kind).put("namespace", key.namespace()).put("name", key.name())
                .put("uid", key.toString());
    }

    private void record(ObjectNode regarding, String namespace, String type, String reason, String action, String note) {
        String cut = note.length() > MAX_NOTE ? note.substring(0, MAX_NOTE - 1) + "…" : note;
        Fact fact = new Fact(regarding, namespace, type, reason, action, cut);
        if (!waiting.offer(new Occurrence(fact, clock.instant()))) {
            LOG.log(Level.DEBUG, "too many Events wait; dropped {0}", reason);
        }
    }

    private void run() {
        try {
            // An occurrence that comes together with the interruption wins over it.
            for (Occurrence next = waiting.take(); !closed; next = waiting.take()) {
                write(next);
            }
        } catch (InterruptedException e) {
            LOG.log(Level.TRACE, "events of {0} end", nodeName);
        }
    }

    private void write(Occurrence occurrence) throws InterruptedException {
        for (int tries = 1; ; tries++) {
            try {
                writeOnce(occurrence);
                return;
            } catch (ApiException e) {
                boolean refused = e.code() >= 400 && e.code() < 500 && e.code() != 429;
                if (refused || tries == MAX_TRIES) {
                    LOG.log(Level.DEBUG, "Event {0} not written: {1}", occurrence.fact().reason(), e.getMessage());
                    return;
                }
                Thread.sleep(RETRY);
            }
        }
    }

    private void writeOnce(Occurrence occurrence) {
        Fact fact = occurrence.fact();
        Written before = known.get(fact);
        if (before != null && before.last().plus(SERIES_WINDOW).isAfter(occurrence.at())) {
            ObjectNode patch = Json.object();
            patch.putObject("series").put("count", before.count() + 1)
                    .put("lastObservedTime", MICRO_TIME.format(occurrence.at()));
            client.patch(EVENTS, fact.namespace(), before.name(), PatchType.MERGE, patch);
            known.put(fact, new Written(before.name(), occurrence.at(), before.count() + 1));
            return;
        }
        long nanos = occurrence.at().getEpochSecond() * 1_000_000_000L + occurrence.at().getNano();
        String name = fact.regarding().path("name").asString("") + "." + Long.toHexString(nanos);
        client.create(EVENTS, event(occurrence, name));
        known.put(fact, new Written(name, occurrence.at(), 1));
        if (known.size() > MAX_KNOWN) {
            known.remove(known.keySet().iterator().next());
        }
    }

    private KubeObject event(Occurrence occurrence, String name) {
        Fact fact = occurrence.fact();
        KubeObject event = KubeObject.of(EVENTS, fact.namespace(), name);
        ObjectNode json = event.json();
        json.put("eventTime", MICRO_TIME.format(occurrence.at()));
        json.put("reportingController", CONTROLLER);
        json.put("reportingInstance", CONTROLLER + "-" + nodeName);
        json.put("action", fact.action());
        json.put("reason", fact.reason());
        json.set("regarding", fact.regarding().deepCopy());
        if (!fact.note().isEmpty()) {
            json.put("note", fact.note());
        }
        json.put("type", fact.type());
        return event;
    }

    /** Stops at once; what still waits is not written. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
