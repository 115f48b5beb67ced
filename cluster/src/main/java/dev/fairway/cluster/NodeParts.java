package dev.fairway.cluster;

import dev.fairway.apiserver.ApiServer;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ApiTransport;
import dev.fairway.kube.client.ClientConfig;
import dev.fairway.kube.client.HttpTransport;
import dev.fairway.kube.client.Query;
import dev.fairway.kube.informer.Reflector;
import dev.fairway.kube.ResourceType;
import dev.fairway.node.agent.NodeAgent;
import dev.fairway.node.network.ClusterNetwork;
import dev.fairway.node.network.NodeNetwork;
import dev.fairway.proxy.LocalAddresses;
import dev.fairway.proxy.NodeProxy;
import dev.fairway.proxy.SyncListener;
import dev.fairway.proxy.iptables.IptablesDataplane;
import dev.fairway.proxy.model.EndpointSlice;
import dev.fairway.proxy.model.EndpointSliceDecoder;
import dev.fairway.proxy.model.IpCidr;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.model.Node;
import dev.fairway.proxy.model.NodeDecoder;
import dev.fairway.proxy.model.Service;
import dev.fairway.proxy.model.ServiceDecoder;
import dev.fairway.proxy.state.ProxyOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What runs on one node: its agent, and its proxy, which hears of Services over HTTPS as on any node. */
final class NodeParts implements AutoCloseable {
    private final NodeNetwork network;
    private final Path proxyKubeconfig;
    private final NodeAgent agent;
    private final Closing closing = new Closing();
    private NodeProxy proxy;

    NodeParts(NodeNetwork network, String zone, ApiServer server, Path proxyKubeconfig, Runtimes runtimes, ClusterConfig.ProxyMode mode) {
        this.network = network;
        this.proxyKubeconfig = proxyKubeconfig;
        this.agent = new NodeAgent(new ApiClient(server.transport("kubelet")), network, zone, runtimes.all());
    }

    NodeNetwork network() {
        return network;
    }

    NodeAgent agent() {
        return agent;
    }

    NodeParts start() {
        try {
            closing.add(agent.start());
            ProxyOptions options = ProxyOptions.defaults()
                    .withDetectLocal(new ProxyOptions.DetectLocal.ByClusterCidr(List.of(IpCidr.parse(ClusterNetwork.POD_CIDR.toString()).orElseThrow())));
            var dataplanes = IptablesDataplane.open(options, Set.of(IpFamily.IPV4), Optional.of(network.namespace()));
            proxy = closing.add(new NodeProxy(network.name(), options, dataplanes,
                    LocalAddresses.ofKernel(Optional.of(network.namespace())), new SyncListener() {}));
            ApiTransport transport = closing.add(new HttpTransport(ClientConfig.fromKubeconfig(proxyKubeconfig)));
            follow(new ApiClient(transport));
            proxy.start();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void follow(ApiClient api) {
        closing.add(new Reflector<>(api, ResourceType.SERVICES, "", Query.ALL, ServiceDecoder::decode, new Reflector.Listener<Service>() {
            @Override
            public void replaced(List<Service> items) {
                proxy.replaceServices(items);
            }

            @Override
            public void changed(Reflector.Change change, Service item) {
                if (change == Reflector.Change.DELETED) {
                    proxy.removeService(item.key());
                } else {
                    proxy.put(item);
                }
            }
        }).start());
        closing.add(new Reflector<>(api, ResourceType.ENDPOINT_SLICES, "", Query.ALL, EndpointSliceDecoder::decode, new Reflector.Listener<EndpointSlice>() {
            @Override
            public void replaced(List<EndpointSlice> items) {
                proxy.replaceSlices(items);
            }

            @Override
            public void changed(Reflector.Change change, EndpointSlice item) {
                if (change == Reflector.Change.DELETED) {
                    proxy.removeSlice(item.key());
                } else {
                    proxy.put(item);
                }
            }
        }).start());
        closing.add(new Reflector<>(api, ResourceType.NODES, "", Query.fields("metadata.name=" + network.name()), NodeDecoder::decode, new Reflector.Listener<Node>() {
            @Override
            public void replaced(List<Node> items) {
                items.forEach(proxy::put);
            }

            @Override
            public void changed(Reflector.Change change, Node item) {
                proxy.put(item);
            }
        }).start());
    }

    /** Waits until the node's rules are in place; false when the time passed before. */
    boolean awaitReady(Duration timeout) throws InterruptedException {
        return proxy.awaitSynced(timeout);
    }

    @Override
    public void close() {
        closing.close();
    }
}
