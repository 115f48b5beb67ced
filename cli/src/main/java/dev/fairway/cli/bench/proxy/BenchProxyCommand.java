package dev.fairway.cli.bench.proxy;

import dev.fairway.cli.UserError;
import dev.fairway.cli.bench.measure.Latencies;
import dev.fairway.cli.cluster.Root;
import dev.fairway.kube.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** {@code fairway bench proxy}: what the node proxy costs at a size, measured with real connections. */
@Command(
        name = "proxy",
        description = "Measure the node proxy: cold start, from a change to traffic, CPU and memory.",
        mixinStandardHelpOptions = true)
public final class BenchProxyCommand implements Callable<Integer> {
    enum Mode {
        iptables,
        nftables
    }

    enum Output {
        text,
        json
    }

    @Option(names = "--mode", defaultValue = "iptables", description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private Mode mode;

    @Option(names = "--services", defaultValue = "5000", paramLabel = "N", description = "how many (default: ${DEFAULT-VALUE})")
    private int services;

    @Option(names = "--endpoints-per-service", defaultValue = "5", paramLabel = "M", description = "how many (default: ${DEFAULT-VALUE})")
    private int endpointsPerService;

    @Option(names = "--changes", defaultValue = "100", paramLabel = "C", description = "changes to measure, half of each direction (default: ${DEFAULT-VALUE})")
    private int changes;

    @Option(names = "--storm", defaultValue = "0", paramLabel = "SECONDS", description = "then measure changes among 1,000 others a second, for so long (default: none)")
    private int stormSeconds;

    @Option(names = "--mend", defaultValue = "0", paramLabel = "C", description = "in mode nftables, then delete an endpoint from the kernel so many times, and measure how soon it is back (default: none)")
    private int mends;

    @Option(names = "--idle", defaultValue = "0", paramLabel = "SECONDS", description = "then measure the CPU of an idle proxy, for so long (default: none)")
    private int idleSeconds;

    @Option(names = "--flushes", defaultValue = "0", paramLabel = "N", description = "then flush the rules as somebody else might, mode iptables only, and measure until they are back (default: none)")
    private int flushes;

    @Option(names = "--min-sync-period", defaultValue = "100ms", paramLabel = "DURATION", description = "the proxy's minSyncPeriod (default: ${DEFAULT-VALUE})")
    private String minSyncPeriod;

    @Option(names = {"-o", "--output"}, defaultValue = "text", description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private Output output;

    private final Map<String, Double> figures = new LinkedHashMap<>();

    @Override
    public Integer call() throws Exception {
        Root.require("fairway bench");
        if (flushes > 0 && mode != Mode.iptables) {
            throw new UserError("--flushes: for mode iptables only");
        }
        if (changes < 2) {
            throw new UserError("--changes: must be at least 2, is " + changes);
        }
        if (mends < 0 || mends > 0 && mode != Mode.nftables) {
            throw new UserError("--mend: must not be negative, and is for mode nftables");
        }
        BenchObjects objects;
        try {
            objects = new BenchObjects(services, endpointsPerService);
        } catch (IllegalArgumentException e) {
            throw new UserError(e.getMessage(), e);
        }
        Path directory = Files.createTempDirectory("fairway-bench");
        try (BenchNode node = new BenchNode(); BenchApi api = new BenchApi(Optional.of(node.namespace()), objects, BenchNode.NODE_ADDRESS)) {
            progress("%d Services with %d endpoints each, mode %s; the lists have %.1f MB", services, endpointsPerService,
                    mode, api.listBytes() / 1e6);
            measure(node, api, objects, directory);
        } finally {
            try (var files = Files.list(directory)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(directory);
        }
        print();
        return 0;
    }

    private void measure(BenchNode node, BenchApi api, BenchObjects objects, Path directory) throws Exception {
        Path config = BenchConfig.write(api, directory, mode.name(), minSyncPeriod);
        long start = System.nanoTime();
        try (ProxyProcess proxy = new ProxyProcess(node.namespace(), config, directory.resolve("proxy.log"))) {
            ProxyBench bench = new ProxyBench(node, api, objects, proxy);
            figure("cold sync, process start to all programmed, s", bench.awaitProgrammed(start) / 1e9);
            figure("cold sync, CPU s", proxy.cpuSeconds());
            figure("RSS after the cold sync, MB", proxy.memory("VmRSS"));
            bench.settle();
            figure("RSS once settled, MB", proxy.memory("VmRSS"));
            changes(bench, proxy, "");
            Latencies connections = bench.connections();
            figure("connection set-up p50, µs", connections.millis(50) * 1_000);
            figure("connection set-up p99, µs", connections.millis(99) * 1_000);
            if (stormSeconds > 0) {
                try (AutoCloseable _ = bench.storm(stormSeconds)) {
                    changes(bench, proxy, "in a storm of 1,000 changes a second: ");
                }
            }
            if (mends > 0) {
                report("foreign change to mended", bench.mends(mends));
            }
            if (flushes > 0) {
                FlushBench flush = new FlushBench(node.namespace(), BenchObjects.clusterIp(services / 2));
                mended("KUBE-SERVICES flushed", flush.run(flushes, List.of("iptables", "-w", "5", "-t", "nat", "-F", "KUBE-SERVICES")));
                mended("table nat flushed", flush.run(flushes, List.of("iptables", "-w", "5", "-t", "nat", "-F")));
            }
            if (idleSeconds > 0) {
                double before = proxy.cpuSeconds();
                progress("%d s of idleness", idleSeconds);
                Thread.sleep(idleSeconds * 1_000L);
                figure("CPU of an idle proxy, ms/s", (proxy.cpuSeconds() - before) * 1_000 / idleSeconds);
            }
            figure("RSS at the end, MB", proxy.memory("VmRSS"));
            figure("RSS at its highest, MB", proxy.memory("VmHWM"));
        }
    }

    private void changes(ProxyBench bench, ProxyProcess proxy, String when) throws Exception {
        double before = proxy.cpuSeconds();
        ProxyBench.Changes measured = bench.changes(changes, done -> {
            if (done % 20 == 0) {
                progress("%s%d of %d changes", when, done, changes);
            }
        });
        double cpu = (proxy.cpuSeconds() - before) * 1_000 / changes;
        report(when + "change to traffic, endpoint added", measured.added());
        report(when + "change to traffic, endpoint removed", measured.removed());
        if (when.isEmpty()) {
            figure("CPU per change, ms", cpu);
        }
    }

    private void mended(String what, FlushBench.Mended mended) {
        report(what + ", until traffic flows", mended.traffic());
        report(what + ", until all is mended", mended.whole());
    }

    private void report(String name, Latencies latencies) {
        figure(name + ", p50, ms", latencies.millis(50));
        figure(name + ", p99, ms", latencies.millis(99));
        figure(name + ", max, ms", latencies.millis(100));
    }

    private void figure(String name, double value) {
        figures.put(name, value);
        progress("%s: %.2f", name, value);
    }

    private static void progress(String format, Object... arguments) {
        System.err.printf("fairway: " + format + "%n", arguments);
    }

    private void print() {
        switch (output) {
            case json -> {
                ObjectNode json = Json.object().put("mode", mode.name()).put("services", services)
                        .put("endpointsPerService", endpointsPerService).put("changes", changes);
                ObjectNode values = json.putObject("figures");
                figures.forEach(values::put);
                System.out.println(Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(json));
            }
            case text -> figures.forEach((name, value) -> System.out.printf("%-80s %10.2f%n", name, value));
        }
    }

}
