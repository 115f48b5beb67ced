package dev.fairway.testkit.api;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

/** The objects of a {@link FakeApiServer}, their history, and the watches on them. */
final class Collections {
    private static final String END = "";

    private record Change(String collection, long version, String frame) {}

    private record Watch(String collection, BlockingQueue<String> frames) {}

    private final Map<String, Map<String, String>> objects = new LinkedHashMap<>();
    private final List<Change> history = new ArrayList<>();
    private final List<Watch> watches = new CopyOnWriteArrayList<>();
    private long version = 100;
    private long compacted;
    private boolean held;

    synchronized void declare(String collection) {
        objects.computeIfAbsent(collection, path -> new LinkedHashMap<>());
    }

    synchronized long put(String collection, String key, String json) {
        Map<String, String> inCollection = objects.computeIfAbsent(collection, path -> new LinkedHashMap<>());
        String type = inCollection.containsKey(key) ? "MODIFIED" : "ADDED";
        version++;
        String stored = json.replaceFirst("\"metadata\":\\{", "\"metadata\":{\"resourceVersion\":\"" + version + "\",");
        inCollection.put(key, stored);
        publish(collection, type, stored);
        return version;
    }

    synchronized long delete(String collection, String key) {
        String removed = objects.getOrDefault(collection, new LinkedHashMap<>()).remove(key);
        if (removed == null) {
            throw new IllegalArgumentException("no " + key + " in " + collection);
        }
        version++;
        publish(collection, "DELETED",
                removed.replaceFirst("\"resourceVersion\":\"\\d+\"", "\"resourceVersion\":\"" + version + "\""));
        return version;
    }

    private void publish(String collection, String type, String object) {
        Change change = new Change(collection, version, "{\"type\":\"" + type + "\",\"object\":" + object + "}\n");
        history.add(change);
        inject(collection, change.frame);
    }

    synchronized void bookmark(String collection) {
        inject(collection, "{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"" + version + "\"}}}\n");
    }

    synchronized void inject(String collection, String text) {
        watches.stream().filter(watch -> watch.collection.equals(collection)).forEach(watch -> watch.frames.add(text));
    }

    synchronized void compact() {
        version++;
        compacted = version;
        history.clear();
    }

    synchronized void endWatches() {
        watches.forEach(watch -> watch.frames.add(END));
        watches.clear();
    }

    synchronized void holdWatches() {
        held = true;
        endWatches();
    }

    synchronized void releaseWatches() {
        held = false;
        notifyAll();
    }

    synchronized int openWatches(String collection) {
        return (int) watches.stream().filter(watch -> watch.collection.equals(collection)).count();
    }

    synchronized boolean has(String path) {
        return objects.containsKey(path);
    }

    /** A single object, by its collection's path and key. */
    synchronized Optional<String> get(String path) {
        int slash = path.lastIndexOf('/');
        return Optional.ofNullable(
                objects.getOrDefault(path.substring(0, slash), Map.of()).get(path.substring(slash + 1)));
    }

    synchronized String list(String path) {
        return "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"" + version
                + "\"},\"items\":[" + String.join(",", objects.get(path).values()) + "]}";
    }

    /** Streams changes after {@code from} until the watch is ended or the client goes away. */
    void watch(String path, long from, OutputStream out) throws IOException, InterruptedException {
        Watch watch = new Watch(path, new LinkedBlockingQueue<>());
        synchronized (this) {
            while (held) {
                wait();
            }
            if (from < compacted) {
                write(out, "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\","
                        + "\"message\":\"too old resource version\"}}\n");
                return;
            }
            history.stream()
                    .filter(change -> change.collection.equals(path) && change.version > from)
                    .forEach(change -> watch.frames.add(change.frame));
            watches.add(watch);
        }
        try {
            for (String frame = watch.frames.take(); !frame.equals(END); frame = watch.frames.take()) {
                write(out, frame);
            }
        } finally {
            watches.remove(watch);
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
