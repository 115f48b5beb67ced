package dev.fairway.proxy.server;

import dev.fairway.kube.ObjectKey;
import dev.fairway.kube.informer.Reflector;
import dev.fairway.proxy.model.Rejection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Hands the objects of one kind from a reflector to the proxy, and says which were set aside, in whole or in part.
 *
 * @param <T> what the proxy keeps of an object
 */
final class ObjectFeed<T> implements Reflector.Listener<T> {
    /**
     * Where the objects of one kind go.
     *
     * @param setAside the parts of an object that are bad, while the others are used
     */
    record Sink<T>(
            String kind,
            Function<T, ObjectKey> key,
            Function<T, List<Rejection>> setAside,
            Consumer<List<T>> replace,
            Consumer<T> put,
            Consumer<ObjectKey> remove,
            Runnable counted) {}

    /** Waits until objects may be handed over; false if they never may. */
    @FunctionalInterface
    interface Gate {
        boolean await() throws InterruptedException;
    }

    private final Sink<T> sink;
    private final Gate gate;
    private final SetAside reports;
    /** What was said of objects that are used in part, so that it is said once and not with each of their changes. */
    private final Map<ObjectKey, List<Rejection>> reported = new HashMap<>();

    ObjectFeed(Sink<T> sink, Gate gate, SetAside reports) {
        this.sink = sink;
        this.gate = gate;
        this.reports = reports;
    }

    @Override
    public void replaced(List<T> items) {
        try {
            if (gate.await()) {
                items.forEach(item -> sink.counted().run());
                sink.replace().accept(items);
                reported.keySet().retainAll(items.stream().map(sink.key()).toList());
                items.forEach(this::reportParts);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void changed(Reflector.Change change, T item) {
        sink.counted().run();
        switch (change) {
            case ADDED, MODIFIED -> {
                sink.put().accept(item);
                reportParts(item);
            }
            case DELETED -> {
                sink.remove().accept(sink.key().apply(item));
                reported.remove(sink.key().apply(item));
            }
        }
    }

    private void reportParts(T item) {
        ObjectKey key = sink.key().apply(item);
        List<Rejection> parts = sink.setAside().apply(item);
        List<Rejection> before = parts.isEmpty() ? reported.remove(key) : reported.put(key, parts);
        if (!parts.equals(before)) {
            parts.forEach(part -> reports.report(sink.kind(), key, part.uid(), part.toString()));
        }
    }

    @Override
    public void refused(ObjectNode object, RuntimeException why) {
        JsonNode metadata = object.path("metadata");
        ObjectKey key = new ObjectKey(metadata.path("namespace").asString(""), metadata.path("name").asString(""));
        sink.remove().accept(key);
        reported.remove(key);
        reports.report(sink.kind(), key, metadata.path("uid").asString(""), String.valueOf(why.getMessage()));
    }
}
