package dev.fairway.proxy.server;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.kube.client.ClientConfig;
import dev.fairway.kube.client.HttpTransport;
import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.proxy.config.ConfigException;
import dev.fairway.proxy.config.ProxyArguments;
import dev.fairway.proxy.config.ProxyConfig;
import dev.fairway.testkit.api.FakeApiServer;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** A proxy for node-a in a namespace, fed by a fake API server over HTTP. */
final class RunningProxy {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private RunningProxy() {}

    /** The configuration that recordings were made with, and more YAML. */
    static ProxyConfig config(String yaml) throws ConfigException {
        return ProxyArguments.ofText(("""
                apiVersion: kubeproxy.config.k8s.io/v1alpha1
                kind: KubeProxyConfiguration
                clusterCIDR: 10.180.0.0/16,fd18::/32
                conntrack: {maxPerCore: 0, min: 0, tcpCloseWaitTimeout: 0s, tcpEstablishedTimeout: 0s}
                iptables: {minSyncPeriod: 10ms}
                """ + yaml).getBytes()).config();
    }

    static ProxyServer start(NetworkNamespace node, FakeApiServer api, ProxyConfig config) throws IOException {
        return ProxyServer.start(config, new ProxyServer.Place("node-a", Optional.of(node)),
                observer -> new HttpTransport(ClientConfig.of(api.uri()), observer), Dataplanes::open);
    }

    /** Waits until both lists are in the kernel. */
    static void awaitSynced(ProxyServer proxy) throws InterruptedException {
        assertTrue(proxy.awaitSynced(PATIENCE), "not synced within " + PATIENCE);
    }
}
