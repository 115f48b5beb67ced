package dev.fairway.cli.bench.measure;

import dev.fairway.cli.UserError;
import dev.fairway.cli.cluster.ClusterOptions;
import dev.fairway.cluster.RunState;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ApiException;
import dev.fairway.kube.client.ClientConfig;
import dev.fairway.kube.client.HttpTransport;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import picocli.CommandLine;

/** A cluster in a process of its own, started for a measurement as a user starts one, and removed after it. */
public final class BenchedCluster implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(BenchedCluster.class.getName());
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Gives it a name of its own, beside a user's {@code fairway}. */
    public static final class DefaultName implements CommandLine.IDefaultValueProvider {
        @Override
        public String defaultValue(CommandLine.Model.ArgSpec argument) {
            return argument instanceof CommandLine.Model.OptionSpec option && option.longestName().equals("--name") ? "bench" : null;
        }
    }

    private final CommandLine fairway;
    private final ClusterOptions options;
    private final RunState state;
    private final HttpTransport transport;
    private final Duration untilAnswer;
    private final Duration untilReady;

    /**
     * @param fairway the whole command line, to run {@code up} and {@code down} with
     * @param flags of {@code up}
     * @throws UserError if there is such a cluster, or it does not start
     */
    public BenchedCluster(CommandLine fairway, ClusterOptions options, String... flags) throws IOException {
        this.fairway = fairway;
        this.options = options;
        if (options.directory().exists()) {
            throw new UserError("--name: there is a cluster \"" + options.name() + "\", which this would remove; choose another name");
        }
        long started = System.nanoTime();
        CompletableFuture<Duration> answered =
                CompletableFuture.supplyAsync(() -> untilFirstAnswer(started), Thread::startVirtualThread);
        run(Stream.concat(Stream.of("up", "--detach", "--port", "0"), Arrays.stream(flags)));
        untilReady = Duration.ofNanos(System.nanoTime() - started);
        state = options.running();
        untilAnswer = answered.join();
        transport = new HttpTransport(ClientConfig.fromKubeconfig(Path.of(state.kubeconfig())));
    }

    /** Until a client with the new kubeconfig, which is written when there is something to reach, is answered. */
    private Duration untilFirstAnswer(long startNanos) {
        Path kubeconfig = options.directory().kubeconfig();
        Duration waited = Duration.ZERO;
        while (waited.compareTo(PATIENCE) < 0) {
            LockSupport.parkNanos(5_000_000);
            boolean answered = Files.isReadable(kubeconfig) && answers(kubeconfig);
            waited = Duration.ofNanos(System.nanoTime() - startNanos);
            if (answered) {
                return waited;
            }
        }
        throw new UserError("the API server did not answer within " + PATIENCE.toSeconds() + " s");
    }

    private static boolean answers(Path kubeconfig) {
        try (HttpTransport probe = new HttpTransport(ClientConfig.fromKubeconfig(kubeconfig))) {
            new ApiClient(probe).get(ResourceType.NAMESPACES, "", "default");
            return true;
        } catch (IOException | ApiException e) {
            LOG.log(Level.DEBUG, "not yet: {0}", e.getMessage());
            return false;
        }
    }

    private void run(Stream<String> words) {
        int exit = fairway.execute(Stream.concat(words, options.flags().stream()).toArray(String[]::new));
        if (exit != 0) {
            throw new UserError("the cluster to measure did not start or stop in order (exit code " + exit + ")");
        }
    }

    public RunState state() {
        return state;
    }

    /** From the call of {@code up} until a client had its first answer over TLS. */
    public Duration untilAnswer() {
        return untilAnswer;
    }

    /** From the call of {@code up} until it returned. */
    public Duration untilReady() {
        return untilReady;
    }

    /** A client over HTTP, as any user has. */
    public ApiClient client() {
        return new ApiClient(transport);
    }

    public HttpTransport transport() {
        return transport;
    }

    /** Resident memory of the whole process, in MB (2^20 bytes). */
    public double memory() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("/proc/" + state.pid() + "/status"));
        String resident = lines.stream().filter(each -> each.startsWith("VmRSS:")).findFirst()
                .orElseThrow(() -> new IOException("no VmRSS of process " + state.pid()));
        return Long.parseLong(resident.replaceAll("\\D", "")) / 1024.0;
    }

    /** CPU that the whole process has used so far, in seconds. */
    public double cpuSeconds() {
        return ProcessHandle.of(state.pid()).flatMap(process -> process.info().totalCpuDuration()).orElse(Duration.ZERO).toNanos() / 1e9;
    }

    @Override
    public void close() {
        transport.close();
        run(Stream.of("down"));
    }
}
