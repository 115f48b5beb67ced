package dev.fairway.proxy.server;

import dev.fairway.kube.ObjectKey;
import dev.fairway.kube.informer.Reflector;
import dev.fairway.proxy.events.ProxyEvents;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Hands the objects of one kind from a reflector to the proxy, and says which were set aside.
 *
 * @param <T> what the proxy keeps of an object
 */
final class ObjectFeed<T> implements Reflector.Listener<T> {
    private static final System.Logger LOG = System.getLogger(ObjectFeed.class.getName());

    /** Where the objects of one kind go. */
    record Sink<T>(
            String kind,
            Function<T, ObjectKey> key,
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
    private final ProxyEvents events;

    ObjectFeed(Sink<T> sink, Gate gate, ProxyEvents events) {
        this.sink = sink;
        this.gate = gate;
        this.events = events;
    }

    @Override
    public void replaced(List<T> items) {
        try {
            if (gate.await()) {
                items.forEach(item -> sink.counted().run());
                sink.replace().accept(items);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void changed(Reflector.Change change, T item) {
        sink.counted().run();
        switch (change) {
            case ADDED, MODIFIED -> sink.put().accept(item);
            case DELETED -> sink.remove().accept(sink.key().apply(item));
        }
    }

    @Override
    public void refused(ObjectNode object, RuntimeException why) {
        JsonNode metadata = object.path("metadata");
        ObjectKey key = new ObjectKey(metadata.path("namespace").asString(""), metadata.path("name").asString(""));
        LOG.log(Level.ERROR, "set aside: {0}", why.getMessage());
        sink.remove().accept(key);
        events.setAside(sink.kind(), key, why.getMessage());
    }
}
