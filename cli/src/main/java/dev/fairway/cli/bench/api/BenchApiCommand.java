package dev.fairway.cli.bench.api;

import dev.fairway.cli.UserError;
import dev.fairway.cli.bench.measure.BenchedCluster;
import dev.fairway.cli.bench.measure.Figures;
import dev.fairway.cli.bench.measure.Latencies;
import dev.fairway.cli.cluster.ClusterOptions;
import dev.fairway.cli.cluster.Root;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code fairway bench api}: the API server alone, with the embedded store, over TLS. */
@Command(
        name = "api",
        description = "Measure the API server: start, memory, creates, gets, lists, watchers, many objects.",
        defaultValueProvider = BenchedCluster.DefaultName.class,
        mixinStandardHelpOptions = true)
public final class BenchApiCommand implements Callable<Integer> {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String LIST = "/api/v1/namespaces/kube-system/configmaps";
    private static final String WATCHED = "/api/v1/namespaces/kube-public/configmaps";
    private static final String JSON = "application/json";
    private static final String MERGE = "application/merge-patch+json";
    /** With the rest of a ConfigMap, half a kilobyte. */
    private static final int DATA_BYTES = 400;
    private static final int LISTED = 5_000;
    private static final Duration IDLE = Duration.ofSeconds(25);
    private static final int LISTS = 30;
    private static final int WRITES = 30;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterOptions cluster;

    @Option(names = "--connections", defaultValue = "16", paramLabel = "N", description = "clients at a time (default: ${DEFAULT-VALUE})")
    private int connections;

    @Option(names = "--creates", defaultValue = "100000", paramLabel = "N", description = "ConfigMaps to create and hold (default: ${DEFAULT-VALUE})")
    private int creates;

    @Option(names = "--gets", defaultValue = "100000", paramLabel = "N", description = "gets for the rate (default: ${DEFAULT-VALUE})")
    private int gets;

    @Option(names = "--watchers", defaultValue = "1000", paramLabel = "N", description = "watches at a time (default: ${DEFAULT-VALUE})")
    private int watchers;

    @Option(names = {"-o", "--output"}, defaultValue = "text", description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private Figures.Output output;

    private final Figures figures = new Figures();
    private final String data = "x".repeat(DATA_BYTES);

    @Override
    public Integer call() throws Exception {
        Root.require("fairway bench");
        if (connections < 1 || creates <= LISTED || gets < 1 || watchers < 1) {
            throw new UserError("--creates must be more than " + LISTED + ", --connections, --gets and --watchers at least 1");
        }
        // Once for nothing: what the first start would measure is this client's own first connection.
        start().close();
        try (BenchedCluster benched = start()) {
            figures.add("up to the first answer, s", benched.untilAnswer().toNanos() / 1e9);
            Figures.progress("%d s of idleness", IDLE.toSeconds());
            Thread.sleep(IDLE);
            figures.add("RSS idle, MB", benched.memory());
            URI server = URI.create(benched.state().apiServer());
            measure(benched, benched.transport().tls(), new InetSocketAddress(server.getHost(), server.getPort()));
        }
        figures.print(output);
        return 0;
    }

    private BenchedCluster start() throws IOException {
        return new BenchedCluster(spec.root().commandLine(), cluster, "--nodes", "0");
    }

    private void measure(BenchedCluster benched, SSLContext tls, InetSocketAddress server) throws Exception {
        try (ApiLoad load = new ApiLoad(tls, server, connections)) {
            // The first ones find a server whose code is not compiled yet.
            load.run(LISTED, 201, i -> create(MAPS, i));
            load(benched, "creates with fsync", () -> load.run(creates - LISTED, 201, i -> create(MAPS, LISTED + i)));
            int[] order = new Random(1).ints(gets, 0, creates).toArray();
            load(benched, "gets", () -> load.run(gets, 200, i -> ApiConnection.request("GET", MAPS + "/m-" + order[i], JSON, "")));
            figures.add("RSS with " + creates + " objects, after the load, MB", benched.memory());
            load.run(LISTED, 201, i -> create(LIST, i));
            lists(tls, server);
            watches(tls, server);
        }
    }

    private void load(BenchedCluster benched, String what, Callable<ApiLoad.Result> run) throws Exception {
        double before = benched.cpuSeconds();
        ApiLoad.Result result = run.call();
        figures.add(what + ", per second", result.perSecond());
        figures.add(what, result.latencies());
        figures.add(what + ", the server's CPU for each, ms", (benched.cpuSeconds() - before) * 1e3 / result.latencies().nanos().length);
    }

    private byte[] create(String collection, int number) {
        return ApiConnection.request("POST", collection, JSON, map(number));
    }

    private String map(int number) {
        return "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"m-" + number + "\"},\"data\":{\"key\":\""
                + data + "\"}}";
    }

    private void lists(SSLContext tls, InetSocketAddress server) throws IOException {
        byte[] request = ApiConnection.request("GET", LIST, JSON, "");
        long[] nanos = new long[LISTS];
        long bytes = 0;
        try (ApiConnection connection = new ApiConnection(tls, server)) {
            for (int i = 0; i < LISTS; i++) {
                long start = System.nanoTime();
                bytes = connection.exchange(request, 200);
                nanos[i] = System.nanoTime() - start;
            }
        }
        figures.add("bytes of a list of " + LISTED + ", MB", bytes / 1e6);
        figures.add("list of " + LISTED, new Latencies(nanos));
    }

    private void watches(SSLContext tls, InetSocketAddress server) throws Exception {
        try (ApiConnection writer = new ApiConnection(tls, server);
                ApiWatchers all = new ApiWatchers(tls, server, watchers,
                        ApiConnection.request("GET", WATCHED + "?watch=true", JSON, ""))) {
            writer.exchange(ApiConnection.request("POST", WATCHED, JSON, map(0)), 201);
            long[] worst = new long[WRITES];
            for (int i = 0; i < WRITES; i++) {
                String mark = "write-" + i + "-";
                byte[] patch = ApiConnection.request("PATCH", WATCHED + "/m-0", MERGE, "{\"data\":{\"mark\":\"" + mark + "\"}}");
                worst[i] = all.after(mark, () -> writer.exchange(patch, 200)).percentile(99);
            }
            figures.add("a write reaches 99 % of " + watchers + " watchers", new Latencies(worst));
        }
    }
}
