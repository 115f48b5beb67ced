package dev.fairway.cli.bench.api;

import dev.fairway.cli.bench.measure.Latencies;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/** Many watches on one collection, each on a connection of its own. */
final class ApiWatchers implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ApiWatchers.class.getName());
    private static final long PATIENCE_SECONDS = 60;

    /** A write that all watchers wait for: a text that only its event has, and when each of them saw it. */
    private record Awaited(byte[] mark, long[] nanos, CountDownLatch left, Set<Integer> seen) {}

    private final List<ApiConnection> connections = new ArrayList<>();
    private volatile Awaited awaited;

    ApiWatchers(SSLContext tls, InetSocketAddress server, int watchers, byte[] request) throws IOException {
        for (int i = 0; i < watchers; i++) {
            ApiConnection connection = new ApiConnection(tls, server);
            connections.add(connection);
            connection.open(request);
            int number = i;
            Thread.ofVirtual().name("watcher-" + i).start(() -> follow(number, connection));
        }
    }

    private void follow(int number, ApiConnection connection) {
        try {
            while (true) {
                byte[] chunk = connection.nextChunk();
                Awaited now = awaited;
                if (now != null && contains(chunk, now.mark()) && now.seen().add(number)) {
                    now.nanos()[number] = System.nanoTime();
                    now.left().countDown();
                }
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "watcher {0}: {1}", number, e.getMessage());
        }
    }

    private static boolean contains(byte[] text, byte[] part) {
        for (int at = 0; at <= text.length - part.length; at++) {
            if (java.util.Arrays.equals(text, at, at + part.length, part, 0, part.length)) {
                return true;
            }
        }
        return false;
    }

    /** Something that may fail as a request does. */
    interface Write {
        void send() throws IOException;
    }

    /**
     * Does a write and waits until every watcher has its event.
     *
     * @param mark a text that the write's event has, and no other
     * @return nanoseconds from the sending of the write to each watcher's event
     */
    Latencies after(String mark, Write write) throws IOException, InterruptedException {
        int watchers = connections.size();
        Awaited wanted = new Awaited(mark.getBytes(StandardCharsets.UTF_8), new long[watchers], new CountDownLatch(watchers),
                ConcurrentHashMap.newKeySet());
        awaited = wanted;
        long start = System.nanoTime();
        write.send();
        if (!wanted.left().await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException(wanted.left().getCount() + " of " + watchers + " watchers saw nothing of a write in "
                    + PATIENCE_SECONDS + " s");
        }
        long[] nanos = new long[watchers];
        for (int i = 0; i < watchers; i++) {
            nanos[i] = wanted.nanos()[i] - start;
        }
        return new Latencies(nanos);
    }

    @Override
    public void close() throws IOException {
        for (ApiConnection connection : connections) {
            connection.close();
        }
    }
}
