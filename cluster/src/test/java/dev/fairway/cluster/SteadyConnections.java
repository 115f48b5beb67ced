package dev.fairway.cluster;

import dev.fairway.netlink.netns.NetworkNamespace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** A client that opens one fresh connection after the other, until it is closed, and remembers each failure. */
final class SteadyConnections implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 5000;
    private static final byte[] REQUEST = "GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** A connection that failed: when it was begun ({@link System#nanoTime()}), and why. */
    record Failure(long begun, String why) {}

    private final List<Failure> failures = new CopyOnWriteArrayList<>();
    private final AtomicLong answers = new AtomicLong();
    private final CompletableFuture<Void> loop;
    private volatile boolean closed;

    SteadyConnections(String namespace, String address, int port) throws IOException {
        NetworkNamespace from = NetworkNamespace.open(namespace);
        loop = CompletableFuture.runAsync(() -> {
            try {
                from.call(() -> {
                    while (!closed) {
                        once(address, port);
                    }
                    return null;
                });
            } catch (IOException e) {
                failures.add(new Failure(System.nanoTime(), e.toString()));
            }
        }, Thread.ofPlatform().daemon()::start);
    }

    private void once(String address, int port) {
        long begun = System.nanoTime();
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(REQUEST);
            if (socket.getInputStream().readAllBytes().length == 0) {
                throw new IOException("no answer");
            }
            answers.incrementAndGet();
        } catch (IOException e) {
            failures.add(new Failure(begun, e.toString()));
        }
    }

    List<Failure> failures() {
        return failures;
    }

    long answers() {
        return answers.get();
    }

    @Override
    public void close() {
        closed = true;
        loop.join();
    }
}
