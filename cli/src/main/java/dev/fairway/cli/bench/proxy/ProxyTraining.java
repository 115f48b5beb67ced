package dev.fairway.cli.bench.proxy;

import dev.fairway.cli.Logging;
import dev.fairway.cli.proxy.ProxyCommand;
import dev.fairway.kube.ObjectKey;
import dev.fairway.kube.client.ClientConfig;
import dev.fairway.kube.client.HttpTransport;
import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.proxy.Dataplane;
import dev.fairway.proxy.SyncResult;
import dev.fairway.proxy.check.NodeCheck;
import dev.fairway.proxy.config.ProxyArguments;
import dev.fairway.proxy.config.ProxyConfig;
import dev.fairway.proxy.config.ProxyMode;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.server.Dataplanes;
import dev.fairway.proxy.server.ProxyServer;
import dev.fairway.proxy.state.DesiredState;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;

/**
 * A short life of a proxy, from which the JVM records the start-up archive for {@code fairway proxy}. As root it programs
 * a namespace of its own; otherwise, as in an image build, it does all but that.
 */
public final class ProxyTraining {
    private static final int SERVICES = 50;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private ProxyTraining() {}

    /** Takes states and does nothing, where no kernel may be touched. */
    private record Idle(IpFamily family) implements Dataplane {
        @Override
        public SyncResult sync(DesiredState state, Set<ObjectKey> changed) {
            return new SyncResult(false, Map.of(), Map.of(), Map.of());
        }

        @Override
        public SyncResult reconcile(DesiredState state) {
            return new SyncResult(true, Map.of(), Map.of(), Map.of());
        }

        @Override
        public void watch(Runnable disturbed) {}

        @Override
        public void close() {}
    }

    public static void main(String[] args) throws Exception {
        Logging.install();
        new CommandLine(new ProxyCommand()).parseArgs("--v=2", "--cleanup");
        if ("root".equals(System.getProperty("user.name")) && args.length == 0) {
            try (BenchNode node = new BenchNode()) {
                NodeCheck.run(Optional.of(node.namespace()), EnumSet.of(ProxyMode.IPTABLES));
                live(Optional.of(node.namespace()), Dataplanes::open);
            }
        } else {
            live(Optional.empty(), (config, options, namespace) -> List.of(new Idle(IpFamily.IPV4), new Idle(IpFamily.IPV6)));
        }
        System.exit(0);
    }

    private static void live(Optional<NetworkNamespace> namespace, ProxyServer.DataplaneFactory dataplanes) throws Exception {
        ProxyConfig config = ProxyArguments.ofText("""
                apiVersion: kubeproxy.config.k8s.io/v1alpha1
                kind: KubeProxyConfiguration
                clusterCIDR: 10.128.0.0/9
                conntrack: {maxPerCore: 0, min: 0, tcpCloseWaitTimeout: 0s, tcpEstablishedTimeout: 0s}
                iptables: {localhostNodePorts: false}
                """.getBytes()).config();
        try (BenchApi api = new BenchApi(Optional.empty(), new BenchObjects(SERVICES, 2), BenchNode.NODE_ADDRESS);
                ProxyServer proxy = ProxyServer.start(config, new ProxyServer.Place("node-a", namespace),
                        observer -> new HttpTransport(ClientConfig.of(
                                URI.create("http://127.0.0.1:" + api.address().getPort())), observer), dataplanes)) {
            proxy.awaitSynced(PATIENCE);
            for (int i = 0; i < SERVICES; i++) {
                api.modified(BenchApi.SLICES, BenchObjects.slice(i, 0, List.of(BenchNode.POD_ADDRESS), api.nextVersion()));
            }
            proxy.awaitSynced(PATIENCE);
            proxy.metrics().write(new ByteArrayOutputStream());
        }
    }
}
