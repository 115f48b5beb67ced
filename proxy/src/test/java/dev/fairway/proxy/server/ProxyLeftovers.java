package dev.fairway.proxy.server;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.testkit.api.FakeApiServer;

/** Rules in a namespace as a proxy leaves them that was stopped. */
public final class ProxyLeftovers {
    private ProxyLeftovers() {}

    public static void make(NetworkNamespace node) throws Exception {
        try (FakeApiServer api = FakeApiServer.http()) {
            ApiObjects objects = ApiObjects.in(api);
            objects.service("web", "10.100.0.10", "TCP", ",\"type\":\"NodePort\"");
            objects.slice("web", "TCP", "10.180.0.12", "10.180.1.11");
            objects.service("none", "10.100.0.11", "TCP", "");
            try (ProxyServer proxy = RunningProxy.start(node, api, RunningProxy.config(""))) {
                RunningProxy.awaitSynced(proxy);
            }
        }
    }
}
