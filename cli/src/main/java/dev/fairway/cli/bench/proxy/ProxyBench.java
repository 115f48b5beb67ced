package dev.fairway.cli.bench.proxy;

import dev.fairway.cli.bench.measure.Latencies;
import dev.fairway.cli.bench.proxy.Connections.Outcome;
import dev.fairway.kube.Json;
import dev.fairway.netlink.conntrack.Conntrack;
import dev.fairway.netlink.conntrack.FlowFilter;
import dev.fairway.netlink.conntrack.FlowTuple;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import tools.jackson.core.JacksonException;

/** The measurements on one running proxy. The Service that is changed and connected to is the one in the middle. */
final class ProxyBench {
    private static final System.Logger LOG = System.getLogger(ProxyBench.class.getName());
    private static final long COLD_PATIENCE_NANOS = 600_000_000_000L;
    private static final long CHANGE_PATIENCE_NANOS = 60_000_000_000L;
    private static final long SETTLE_PATIENCE_NANOS = 20_000_000_000L;
    private static final long SETTLE_LOOK_NANOS = 1_000_000_000L;
    private static final double IDLE_CPU_SECONDS = 0.015;
    private static final int HEALTHZ_PORT = 10256;
    private static final int CONNECTIONS = 2_000;
    private static final int CONNECT_MILLIS = 3_000;
    private static final int STORM_PER_SECOND = 1_000;

    private final BenchNode node;
    private final BenchApi api;
    private final BenchObjects objects;
    private final ProxyProcess proxy;
    private final int probed;
    private final Random random = new Random(1);

    ProxyBench(BenchNode node, BenchApi api, BenchObjects objects, ProxyProcess proxy) {
        this.node = node;
        this.api = api;
        this.objects = objects;
        this.proxy = proxy;
        this.probed = objects.services() / 2;
    }

    /** The times of changes in both directions. */
    record Changes(Latencies added, Latencies removed) {}

    /** Waits until every address family has been synced once; returns nanoseconds from {@code startNanos}. */
    long awaitProgrammed(long startNanos) throws IOException {
        while (!programmed()) {
            proxy.check();
            if (System.nanoTime() - startNanos > COLD_PATIENCE_NANOS) {
                throw new IOException("the proxy programmed nothing within " + COLD_PATIENCE_NANOS / 1_000_000_000 + " s");
            }
            LockSupport.parkNanos(5_000_000);
        }
        long took = System.nanoTime() - startNanos;
        while (!api.isWatched(BenchApi.SERVICES) || !api.isWatched(BenchApi.SLICES)) {
            LockSupport.parkNanos(1_000_000);
        }
        return took;
    }

    private boolean programmed() throws IOException {
        try {
            String body = node.namespace().<String, IOException>call(() -> {
                try (Socket socket = new Socket()) {
                    socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), HEALTHZ_PORT), 1_000);
                    socket.getOutputStream().write("GET /livez HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                    return answer.substring(answer.indexOf("\r\n\r\n") + 4);
                }
            });
            return Json.parseObject(body).path("status").size() == 2;
        } catch (IOException | JacksonException e) {
            // Not listening yet.
            LOG.log(Level.TRACE, "no answer yet", e);
            return false;
        }
    }

    /** Waits until the proxy has nothing left to do of its start, so that changes are not charged with it. */
    void settle() throws IOException {
        long end = System.nanoTime() + SETTLE_PATIENCE_NANOS;
        for (double before = -1, now = proxy.cpuSeconds(); now - before > IDLE_CPU_SECONDS && System.nanoTime() < end; ) {
            LockSupport.parkNanos(SETTLE_LOOK_NANOS);
            before = now;
            now = proxy.cpuSeconds();
        }
    }

    /** Takes the probed Service's one real endpoint away and gives it back, in turn. */
    Changes changes(int count, IntConsumer progress) throws IOException {
        return node.namespace().<Changes, IOException>call(() -> {
            String address = BenchObjects.clusterIp(probed);
            long[] added = new long[count / 2];
            long[] removed = new long[count / 2];
            change(address, List.of(), Outcome.REFUSED);
            forgetFlows();
            for (int i = 0; i < count / 2; i++) {
                added[i] = change(address, List.of(BenchNode.POD_ADDRESS), Outcome.CONNECTED);
                removed[i] = change(address, List.of(), Outcome.REFUSED);
                progress.accept(2 * i + 2);
            }
            change(address, List.of(BenchNode.POD_ADDRESS), Outcome.CONNECTED);
            return new Changes(new Latencies(added), new Latencies(removed));
        });
    }

    /** Tries that met an endpoint which is not there left flows behind; a later connection with the same port would follow one. */
    private void forgetFlows() throws IOException {
        try (Conntrack conntrack = Conntrack.open(node.namespace())) {
            conntrack.delete(FlowFilter.ipv4().protocol(FlowTuple.TCP), flow -> true);
        }
    }

    private long change(String address, List<String> endpoints, Outcome wanted) throws IOException {
        // A moment of rest, of varying length, so that no period of the proxy's is measured instead.
        LockSupport.parkNanos(150_000_000L + random.nextInt(150_000_000));
        byte[] slice = BenchObjects.slice(probed, 0, endpoints, api.nextVersion());
        long start = System.nanoTime();
        api.modified(BenchApi.SLICES, slice);
        return Connections.await(address, BenchObjects.PORT, wanted, start, CHANGE_PATIENCE_NANOS);
    }

    /** How long it takes to connect through the cluster IP. */
    Latencies connections() throws IOException {
        return node.namespace().<Latencies, IOException>call(() -> {
            long[] nanos = new long[CONNECTIONS];
            for (int i = 0; i < CONNECTIONS; i++) {
                long start = System.nanoTime();
                Outcome outcome = Connections.connect(BenchObjects.clusterIp(probed), BenchObjects.PORT, CONNECT_MILLIS);
                if (outcome != Outcome.CONNECTED) {
                    throw new IOException("connection " + i + " through the cluster IP was " + outcome + " after "
                            + (System.nanoTime() - start) / 1_000_000 + " ms");
                }
                nanos[i] = System.nanoTime() - start;
            }
            return new Latencies(nanos);
        });
    }

    /** How long an endpoint that somebody else took out of the kernel stays away. */
    Latencies mends(int count) throws IOException {
        return Vandal.mends(node.namespace(), BenchObjects.clusterIp(probed), count);
    }

    /** Changes other Services' slices, {@value #STORM_PER_SECOND} a second, until closed. */
    AutoCloseable storm(int seconds) {
        Thread thread = Thread.ofPlatform().daemon().name("bench-storm").start(() -> {
            long start = System.nanoTime();
            try {
                for (long sent = 0; sent < (long) seconds * STORM_PER_SECOND && !Thread.interrupted(); sent++) {
                    int service = (int) (sent % objects.services());
                    boolean even = sent / objects.services() % 2 == 0;
                    if (service == probed) {
                        continue;
                    }
                    api.modified(BenchApi.SLICES, even
                            ? BenchObjects.slice(service, 0, List.of(BenchNode.POD_ADDRESS), api.nextVersion())
                            : objects.slices(service, api.nextVersion()).getFirst());
                    long due = start + (sent + 1) * 1_000_000_000L / STORM_PER_SECOND;
                    LockSupport.parkNanos(Math.max(0, due - System.nanoTime()));
                }
            } catch (IOException e) {
                LOG.log(Level.WARNING, "the storm ended early: {0}", e.getMessage());
            }
        });
        return () -> {
            thread.interrupt();
            thread.join();
        };
    }
}
