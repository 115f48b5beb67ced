package dev.fairway.cli.bench.api;

import dev.fairway.cli.bench.measure.Latencies;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import javax.net.ssl.SSLContext;

/** Clients that each send their next request as soon as the last is answered. */
final class ApiLoad implements AutoCloseable {
    /** What a load has met. */
    record Result(double perSecond, Latencies latencies) {}

    private final List<ApiConnection> connections = new ArrayList<>();
    private final ExecutorService threads;

    ApiLoad(SSLContext tls, InetSocketAddress server, int clients) throws IOException {
        threads = Executors.newFixedThreadPool(clients, Thread.ofPlatform().daemon().name("load-", 0).factory());
        for (int i = 0; i < clients; i++) {
            connections.add(new ApiConnection(tls, server));
        }
    }

    /**
     * Sends requests until all are answered.
     *
     * @param request the bytes of a request by its number, from 0
     * @param status the only status that counts as an answer
     */
    Result run(int total, int status, IntFunction<byte[]> request) throws IOException, InterruptedException {
        long[] nanos = new long[total];
        AtomicInteger next = new AtomicInteger();
        long start = System.nanoTime();
        List<Future<?>> running = new ArrayList<>();
        for (ApiConnection connection : connections) {
            running.add(threads.submit(() -> {
                for (int i = next.getAndIncrement(); i < total; i = next.getAndIncrement()) {
                    byte[] bytes = request.apply(i);
                    long sent = System.nanoTime();
                    connection.exchange(bytes, status);
                    nanos[i] = System.nanoTime() - sent;
                }
                return null;
            }));
        }
        for (Future<?> each : running) {
            try {
                each.get();
            } catch (ExecutionException e) {
                throw new IOException(e.getCause());
            }
        }
        return new Result(total * 1e9 / (System.nanoTime() - start), new Latencies(nanos));
    }

    @Override
    public void close() throws IOException {
        threads.shutdownNow();
        for (ApiConnection connection : connections) {
            connection.close();
        }
    }
}
