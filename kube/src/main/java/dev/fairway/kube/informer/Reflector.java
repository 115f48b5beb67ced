package dev.fairway.kube.informer;

import dev.fairway.kube.Json;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ApiException;
import dev.fairway.kube.client.ApiRequest;
import dev.fairway.kube.client.ApiResponse;
import dev.fairway.kube.client.Query;
import dev.fairway.kube.client.WatchStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.node.ObjectNode;

/**
 * Lists a collection, then follows it by watch, for ever: resumes a broken watch where it stood, lists again on
 * {@code 410 Gone} or where a server cannot read the resource version, and backs off with jitter (0.8 s to 30 s) while
 * no server answers. While the server is gone the listener hears nothing, so that what it knows stays in force.
 *
 * <p>The listener is called from the reflector's own virtual thread only.
 *
 * @param <T> what the listener keeps of an object
 */
public final class Reflector<T> implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Reflector.class.getName());

    /** As client-go: a watch is asked to last from five to ten minutes, so that not all end together. */
    private static final long MIN_WATCH_SECONDS = 300;
    private static final long WATCH_GRACE_SECONDS = 30;
    /** What a server says to a resource version that it cannot read, which then came from somewhere else. */
    private static final int BAD_REQUEST = 400;
    private static final Duration ENDED_AT_ONCE = Duration.ofSeconds(1);

    /** Turns an object into what the listener keeps; an exception sets that one object aside. */
    @FunctionalInterface
    public interface Decoder<T> {
        T decode(ObjectNode object);
    }

    /** What a change did to an object. */
    public enum Change {
        ADDED,
        MODIFIED,
        DELETED
    }

    /** Hears of the collection: once in whole after each list, then change by change. */
    public interface Listener<T> {
        void replaced(List<T> items);

        void changed(Change change, T item);

        /** The collection is now known up to a resource version, after a list or a bookmark. */
        default void reached(String resourceVersion) {}

        /** An object that the decoder refused; it is left out of what the other methods report. */
        default void refused(ObjectNode object, RuntimeException why) {
            LOG.log(Level.WARNING, "{0} {1}/{2} is set aside: {3}", object.path("kind").asString("object"),
                    object.path("metadata").path("namespace").asString(""),
                    object.path("metadata").path("name").asString(""), why.getMessage());
        }
    }

    private final ApiClient client;
    private final ResourceType type;
    private final String namespace;
    private final Query query;
    private final Decoder<T> decoder;
    private final Listener<T> listener;
    private final Backoff backoff =
            new Backoff(Duration.ofMillis(800), Duration.ofSeconds(30), ThreadLocalRandom.current());
    private final Thread thread;
    private volatile boolean closed;
    private volatile WatchStream stream;
    private String resourceVersion = "";

    /**
     * @param namespace empty for all
     * @param query label and field selectors; its other parts are the reflector's own
     */
    public Reflector(
            ApiClient client, ResourceType type, String namespace, Query query, Decoder<T> decoder, Listener<T> listener) {
        this.client = client;
        this.type = type;
        this.namespace = namespace;
        this.query = query;
        this.decoder = decoder;
        this.listener = listener;
        this.thread = Thread.ofVirtual().name("reflector-" + type).unstarted(this::run);
    }

    public Reflector<T> start() {
        thread.start();
        return this;
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        WatchStream open = stream;
        if (open != null) {
            open.close();
        }
    }

    private void run() {
        while (!closed) {
            try {
                if (resourceVersion.isEmpty()) {
                    list();
                }
                watch();
            } catch (ApiException e) {
                if (e.gone() || e.code() == BAD_REQUEST) {
                    LOG.log(Level.DEBUG, "{0}: {1}; listing again", type, e.getMessage());
                    resourceVersion = "";
                } else if (!closed) {
                    LOG.log(Level.WARNING, "{0}: {1}", type, e.getMessage());
                }
                pause();
            } catch (IOException | JacksonException e) {
                if (!closed) {
                    LOG.log(Level.DEBUG, "{0}: watch ended: {1}", type, e.getMessage());
                    pause();
                }
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, type + ": listener failed; listing again", e);
                resourceVersion = "";
                pause();
            }
        }
    }

    private void pause() {
        if (!closed) {
            LockSupport.parkNanos(backoff.next().toNanos());
        }
    }

    private void list() throws IOException {
        List<T> items = new ArrayList<>();
        // Version 0 lets the server answer from its cache; one that is behind is caught up by the watch.
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("resourceVersion", "0");
        selectors(parameters);
        String version;
        try (ApiResponse response = client.exchange(
                ApiRequest.get(type.path(namespace)).withQuery(parameters))) {
            version = readList(response.body(), items);
        }
        if (version.isEmpty()) {
            throw new IOException("list answer without metadata.resourceVersion");
        }
        resourceVersion = version;
        listener.replaced(items);
        listener.reached(version);
    }

    private void selectors(Map<String, String> parameters) {
        if (!query.labelSelector().isEmpty()) {
            parameters.put("labelSelector", query.labelSelector());
        }
        if (!query.fieldSelector().isEmpty()) {
            parameters.put("fieldSelector", query.fieldSelector());
        }
    }

    /** Reads a list item by item, so that only decoded objects are ever held together. */
    private String readList(InputStream body, List<T> items) throws IOException {
        String version = "";
        try (JsonParser parser = Json.mapper().createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("list answer is not a JSON object");
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String field = parser.currentName();
                JsonToken value = parser.nextToken();
                if (field.equals("metadata")) {
                    ObjectNode metadata = parser.readValueAsTree();
                    version = metadata.path("resourceVersion").asString("");
                } else if (field.equals("items") && value == JsonToken.START_ARRAY) {
                    while (parser.nextToken() == JsonToken.START_OBJECT) {
                        decode(parser.readValueAsTree()).ifPresent(items::add);
                    }
                } else {
                    parser.skipChildren();
                }
            }
        }
        return version;
    }

    private Optional<T> decode(ObjectNode object) {
        try {
            return Optional.of(decoder.decode(object));
        } catch (RuntimeException e) {
            listener.refused(object, e);
            return Optional.empty();
        }
    }

    private void watch() throws IOException {
        long seconds = MIN_WATCH_SECONDS + ThreadLocalRandom.current().nextLong(MIN_WATCH_SECONDS);
        long start = System.nanoTime();
        boolean silent = true;
        Thread guard = Thread.currentThread();
        try (WatchStream open = client.watch(type, namespace, query.at(resourceVersion), seconds)) {
            stream = open;
            if (closed) {
                return;
            }
            guard = guard(open, seconds + WATCH_GRACE_SECONDS);
            for (Optional<byte[]> frame = open.nextFrame(); frame.isPresent() && !closed; frame = open.nextFrame()) {
                handle(Json.parseObject(frame.get()));
                backoff.reset();
                silent = false;
            }
        } finally {
            stream = null;
            if (guard != Thread.currentThread()) {
                guard.interrupt();
            }
        }
        if (silent && System.nanoTime() - start < ENDED_AT_ONCE.toNanos()) {
            throw new IOException("ended at once");
        }
    }

    /** Ends a watch that the server should have ended: its connection is dead, and nothing else would ever tell. */
    private static Thread guard(WatchStream open, long seconds) {
        return Thread.ofVirtual().start(() -> {
            try {
                Thread.sleep(Duration.ofSeconds(seconds));
                open.close();
            } catch (InterruptedException e) {
                LOG.log(Level.TRACE, "the watch ended by itself");
            }
        });
    }

    private void handle(ObjectNode event) throws IOException {
        if (!(event.get("object") instanceof ObjectNode object)) {
            throw new IOException("watch event without an object");
        }
        String version = object.path("metadata").path("resourceVersion").asString("");
        switch (event.path("type").asString("")) {
            case "ADDED" -> decode(object).ifPresent(item -> listener.changed(Change.ADDED, item));
            case "MODIFIED" -> decode(object).ifPresent(item -> listener.changed(Change.MODIFIED, item));
            case "DELETED" -> decode(object).ifPresent(item -> listener.changed(Change.DELETED, item));
            case "BOOKMARK" -> listener.reached(version);
            case "ERROR" -> throw ApiException.ofStatus(0, object);
            default -> throw new IOException("watch event of unknown type");
        }
        if (!version.isEmpty()) {
            resourceVersion = version;
        }
    }
}
