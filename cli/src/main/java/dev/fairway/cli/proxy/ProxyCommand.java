package dev.fairway.cli.proxy;

import dev.fairway.cli.HeapKeeper;
import dev.fairway.cli.UserError;
import dev.fairway.cli.Version;
import dev.fairway.kube.KubernetesVersion;
import dev.fairway.proxy.check.CheckReport;
import dev.fairway.proxy.check.NodeCheck;
import dev.fairway.proxy.cleanup.Cleanup;
import dev.fairway.proxy.config.ConfigEncoder;
import dev.fairway.proxy.config.ConfigException;
import dev.fairway.proxy.config.ProxyArguments;
import dev.fairway.proxy.config.ProxyConfig;
import dev.fairway.proxy.config.ProxyMode;
import dev.fairway.proxy.conntrack.KernelSettings;
import dev.fairway.proxy.conntrack.Sysctls;
import dev.fairway.proxy.server.Dataplanes;
import dev.fairway.proxy.server.ProxyServer;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine;

/** {@code fairway proxy}: a node proxy that takes kube-proxy's configuration and flags, and has its exit codes. */
@Command(
        name = "proxy",
        description = "Run the node proxy, in place of kube-proxy: same configuration file, same flags.",
        mixinStandardHelpOptions = true,
        versionProvider = ProxyCommand.ReleaseVersion.class,
        modelTransformer = ProxyFlagsModel.class,
        exitCodeOnInvalidInput = 1)
public final class ProxyCommand implements Callable<Integer> {
    private static final System.Logger LOG = System.getLogger(ProxyCommand.class.getName());
    private static final Path OOM_SCORE_ADJ = Path.of("/proc/self/oom_score_adj");

    /** As kube-proxy prints it, for scripts that read it: the release whose behaviour this is, and Fairway's own version. */
    static final class ReleaseVersion implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"Kubernetes " + KubernetesVersion.FAIRWAY + "-" + Version.number()};
        }
    }

    @Option(names = "--check", arity = "0..1", fallbackValue = "true", paramLabel = "BOOL",
            description = "Say what this node's kernel can do in each mode, and exit: with 1 if the chosen mode cannot work")
    private boolean check;

    @Option(names = {"-o", "--output"}, defaultValue = "text", description = "of --check: ${COMPLETION-CANDIDATES}")
    private CheckOutput output;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        ProxyArguments arguments;
        try {
            arguments = ProxyArguments.of(ProxyFlagsModel.given(spec.commandLine().getParseResult()));
        } catch (ConfigException e) {
            throw new UserError(String.join("\nfairway: ", e.problems()), e);
        }
        Verbosity.apply(arguments.config().logging());
        arguments.warnings().forEach(warning -> LOG.log(Level.WARNING, warning));
        ProxyFlagsModel.retired(spec.commandLine().getParseResult())
                .forEach(flag -> LOG.log(Level.WARNING, flag.warning()));
        try {
            return run(arguments);
        } catch (IOException e) {
            throw new UserError(e.getMessage(), e);
        }
    }

    private int run(ProxyArguments arguments) throws IOException, InterruptedException {
        if (check) {
            return check(arguments.config());
        }
        if (arguments.writeConfigTo().isPresent()) {
            Files.writeString(arguments.writeConfigTo().get(), ConfigEncoder.yaml(arguments.config()));
            LOG.log(Level.INFO, "wrote the configuration to {0}", arguments.writeConfigTo().get());
            return 0;
        }
        if (arguments.cleanup()) {
            Cleanup cleanup = new Cleanup(Optional.empty());
            cleanup.iptables();
            cleanup.nftables();
            return 0;
        }
        if (arguments.initOnly()) {
            new KernelSettings(new Sysctls(Optional.empty()))
                    .apply(arguments.config(), Runtime.getRuntime().availableProcessors());
            return 0;
        }
        return serve(arguments);
    }

    private int check(ProxyConfig config) {
        CheckReport report = NodeCheck.run(Optional.empty(), EnumSet.allOf(ProxyMode.class));
        spec.commandLine().getOut().print(output.format(report, config.proxyMode()));
        spec.commandLine().getOut().flush();
        return report.works(config.proxyMode()) ? 0 : 1;
    }

    /** Once, before the first rule: what of this mode the kernel can do. */
    private static void logCheck(ProxyMode mode) {
        CheckReport report = NodeCheck.run(Optional.empty(), EnumSet.of(mode));
        LOG.log(report.works(mode) ? Level.INFO : Level.WARNING, "{0}", report.summary(mode));
    }

    private int serve(ProxyArguments arguments) throws IOException, InterruptedException {
        ProxyConfig config = arguments.config();
        String node = config.hostnameOverride().isEmpty() ? hostName() : config.hostnameOverride();
        LOG.log(Level.INFO, "fairway proxy {0}, mode {1}, node {2}", Version.number(), config.proxyMode(), node);
        adjustOomScore(config);
        logCheck(config.proxyMode());
        CompletableFuture<Void> end = new CompletableFuture<>();
        try (AutoCloseable _ = watch(arguments, end);
                ProxyServer server = ProxyServer.start(config, new ProxyServer.Place(node, Optional.empty()),
                        new ApiConnector(config.clientConnection(), arguments.master(), Version.number()),
                        Dataplanes::open)) {
            HeapKeeper.start(server::awaitSynced);
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(server::close));
            CompletableFuture.anyOf(end, server.failure()).get();
            return 0;
        } catch (ExecutionException e) {
            throw new UserError(e.getCause().getMessage(), e.getCause());
        } catch (IOException | InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    private static AutoCloseable watch(ProxyArguments arguments, CompletableFuture<Void> end) throws IOException {
        if (arguments.configFile().isEmpty()) {
            return () -> { };
        }
        return new ConfigFileWatch(arguments.configFile().get(), () -> end.completeExceptionally(
                new IOException("content of the proxy server's configuration file was updated")));
    }

    private static void adjustOomScore(ProxyConfig config) {
        config.oomScoreAdj().ifPresent(score -> {
            try {
                Files.writeString(OOM_SCORE_ADJ, Integer.toString(score));
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "oomScoreAdj: {0}", e.toString());
            }
        });
    }

    private static String hostName() throws IOException {
        String name = new Sysctls(Optional.empty()).text("kernel/hostname").toLowerCase(Locale.ROOT);
        if (name.isEmpty()) {
            throw new IOException("hostnameOverride: not set, and this host has no name");
        }
        return name;
    }
}
