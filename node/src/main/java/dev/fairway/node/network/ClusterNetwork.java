package dev.fairway.node.network;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.rtnetlink.IpPrefix;
import dev.fairway.netlink.rtnetlink.Route;
import dev.fairway.netlink.rtnetlink.Rtnetlink;
import dev.fairway.netlink.rtnetlink.Veth;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The network of a whole cluster:
 *
 * <pre>
 * outside (172.30.0.250) ──┐
 * node-1  (172.30.0.1)   ──┼── br0 in "wire"        node-1: Pods of 10.44.0.0/22 on cbr0
 * node-2  (172.30.0.2)   ──┘                        node-2: Pods of 10.44.4.0/22 on cbr0
 * </pre>
 *
 * What a node cannot route goes to "outside", which forwards nothing: so cluster IPs have a route, and no packet has
 * a way out of the machine.
 */
public final class ClusterNetwork implements AutoCloseable {
    /** Every Pod's address lies in here. */
    public static final IpPrefix POD_CIDR = IpPrefix.parse("10.44.0.0/16");

    /** The wire between the nodes. */
    public static final IpPrefix NODE_CIDR = IpPrefix.parse("172.30.0.0/24");

    /** The variable that every process of a container has; its value names the container. */
    public static final String CONTAINER_MARK = "FAIRWAY_CONTAINER";

    private static final String WIRE = "br0";
    private static final String UPLINK = "eth0";
    private static final String OUTSIDE = "172.30.0.250";
    /** Bits of a node's podCIDR: 1,021 Pods, about as many as a bridge has ports. */
    private static final int POD_PREFIX = 22;
    private static final int MAX_NODES = 50;

    private final String cluster;
    private final NameLock lock;
    private final List<NodeNetwork> nodes = new ArrayList<>();
    private NetworkNamespace outside;

    private ClusterNetwork(String cluster, NameLock lock) {
        this.cluster = cluster;
        this.lock = lock;
    }

    /**
     * Makes the namespaces of a cluster; what a killed one of the same name left is removed first.
     *
     * @param count nodes, at most 50
     * @throws IOException also if a cluster of this name is running
     */
    public static ClusterNetwork create(String cluster, int count) throws IOException {
        if (count < 1 || count > MAX_NODES) {
            throw new IllegalArgumentException("nodes: " + count + " is not between 1 and " + MAX_NODES);
        }
        ClusterNetwork network = new ClusterNetwork(cluster, lock(cluster));
        try {
            remove(cluster);
            network.build(count);
        } catch (IOException | RuntimeException e) {
            network.close();
            throw e;
        }
        return network;
    }

    private void build(int count) throws IOException {
        NetworkNamespace wire = create(Names.wire(cluster), Sysctls.leaf());
        outside = create(Names.outside(cluster), Sysctls.outside());
        try (Rtnetlink bridge = Rtnetlink.open(wire)) {
            bridge.createBridge(WIRE);
            bridge.setUp(WIRE);
            plug(bridge, "outside", outside, OUTSIDE);
            for (int i = 1; i <= count; i++) {
                String name = "node-" + i;
                NetworkNamespace namespace = create(Names.node(cluster, name), Sysctls.node());
                IpPrefix podCidr = IpPrefix.parse("10.44." + (i - 1) * 4 + ".0/" + POD_PREFIX);
                String address = nodeAddress(i);
                plug(bridge, name, namespace, address);
                NodeNetwork node = new NodeNetwork(cluster, name, namespace, IpPrefix.parse(address).address(), podCidr);
                nodes.add(node);
                node.start();
            }
        }
        routes();
    }

    private static NetworkNamespace create(String name, Map<String, String> settings) throws IOException {
        NetworkNamespace namespace = NetworkNamespace.create(name);
        Sysctls.write(namespace, settings);
        return namespace;
    }

    private static void plug(Rtnetlink bridge, String port, NetworkNamespace host, String address) throws IOException {
        bridge.createVeth(Veth.named(port).peer(UPLINK).peerNamespace(host));
        bridge.setMaster(port, WIRE);
        bridge.setUp(port);
        try (Rtnetlink inside = Rtnetlink.open(host)) {
            inside.setUp("lo");
            inside.addAddress(UPLINK, IpPrefix.parse(address + "/" + NODE_CIDR.length()));
            inside.setUp(UPLINK);
        }
    }

    private void routes() throws IOException {
        for (NodeNetwork node : nodes) {
            for (NodeNetwork other : nodes) {
                if (node != other) {
                    node.route(Route.to(other.podCidr().toString()).via(other.address().getHostAddress()));
                }
            }
            node.route(Route.to("0.0.0.0/0").via(OUTSIDE));
        }
        try (Rtnetlink inside = Rtnetlink.open(outside)) {
            // External and load balancer IPs have a way in, as a router in front of the cluster would give them.
            inside.addRoute(Route.to("0.0.0.0/0").via(nodes.getFirst().address().getHostAddress()));
        }
    }

    /**
     * The InternalIP of a node.
     *
     * @param number counts from 1
     */
    public static String nodeAddress(int number) {
        return "172.30.0." + number;
    }

    public List<NodeNetwork> nodes() {
        return List.copyOf(nodes);
    }

    /** A client outside the cluster, on the nodes' wire. */
    public NetworkNamespace outside() {
        return outside;
    }

    private static NameLock lock(String cluster) throws IOException {
        return NameLock.take(cluster).orElseThrow(() -> new IOException("a cluster \"" + cluster
                + "\" is running on this machine, with another state directory; give this one another name"));
    }

    /** Whether a cluster of this name has its namespaces now, in this process or another one. */
    public static boolean running(String cluster) throws IOException {
        return NameLock.taken(cluster);
    }

    /** The namespaces of a killed cluster of this name. */
    public static List<String> leftovers(String cluster) throws IOException {
        return running(cluster) ? List.of() : Names.existing(cluster);
    }

    /**
     * Removes all namespaces of a killed cluster of this name, and the containers' processes in them; false if there
     * were none.
     *
     * @throws IOException also if a cluster of this name is running
     */
    public static boolean removeLeftovers(String cluster) throws IOException {
        try (NameLock _ = lock(cluster)) {
            return remove(cluster);
        }
    }

    private static boolean remove(String cluster) throws IOException {
        List<String> names = Names.existing(cluster);
        for (String name : names) {
            NetworkNamespace namespace = NetworkNamespace.open(name);
            if (name.startsWith(Names.pod(cluster, ""))) {
                NamespaceProcesses.kill(namespace);
            } else {
                // A shell on a node is its user's; a container that shares the node's network is ours.
                NamespaceProcesses.kill(namespace, CONTAINER_MARK + "=");
            }
            namespace.delete();
        }
        return !names.isEmpty();
    }

    @Override
    public void close() {
        if (!lock.held()) {
            return;
        }
        nodes.forEach(NodeNetwork::close);
        try (lock) {
            remove(cluster);
        } catch (IOException e) {
            System.getLogger(ClusterNetwork.class.getName())
                    .log(System.Logger.Level.WARNING, "namespaces of " + cluster + " are left behind", e);
        }
    }
}
