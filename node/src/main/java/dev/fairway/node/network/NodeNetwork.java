package dev.fairway.node.network;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.rtnetlink.IpPrefix;
import dev.fairway.netlink.rtnetlink.Route;
import dev.fairway.netlink.rtnetlink.Rtnetlink;
import dev.fairway.netlink.rtnetlink.Veth;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** One node's network: its namespace on the wire, and the bridge that its Pods hang on. */
public final class NodeNetwork implements AutoCloseable {
    static final String BRIDGE = "cbr0";
    private static final String POD_INTERFACE = "eth0";

    private final String cluster;
    private final String name;
    private final NetworkNamespace namespace;
    private final InetAddress address;
    private final IpPrefix podCidr;
    private final PodAddresses addresses;
    private final Rtnetlink links;
    private final AtomicInteger interfaces = new AtomicInteger();
    private final Map<String, PodNetwork> pods = new ConcurrentHashMap<>();

    NodeNetwork(String cluster, String name, NetworkNamespace namespace, InetAddress address, IpPrefix podCidr)
            throws IOException {
        this.cluster = cluster;
        this.name = name;
        this.namespace = namespace;
        this.address = address;
        this.podCidr = podCidr;
        this.addresses = new PodAddresses(podCidr.address(), podCidr.length());
        this.links = Rtnetlink.open(namespace);
    }

    public String name() {
        return name;
    }

    public NetworkNamespace namespace() {
        return namespace;
    }

    /** The node's InternalIP. */
    public InetAddress address() {
        return address;
    }

    public IpPrefix podCidr() {
        return podCidr;
    }

    /** Brings the Pods' bridge up and lets the node forward for them. */
    void start() throws IOException {
        links.createBridge(BRIDGE);
        links.setLinkAddress(BRIDGE, LinkAddresses.of(addresses.gateway()));
        links.addAddress(BRIDGE, new IpPrefix(addresses.gateway(), podCidr.length()));
        links.setUp(BRIDGE);
    }

    void route(Route route) throws IOException {
        links.replaceRoute(route);
    }

    /** The place of a Pod that uses the node's own network ({@code hostNetwork}). */
    public PodNetwork host() {
        return new PodNetwork(namespace, address);
    }

    /**
     * Makes a Pod's namespace, with an address, joined to this node. The Pod sends everything to the node, also what is
     * for its neighbour on the bridge, so that all its packets meet the node's rules. Who has which link address is
     * known beforehand: a thousand Pods neither ask each other nor fill the machine's neighbour table.
     *
     * @param podUid names the namespace
     */
    public PodNetwork attach(String podUid) throws IOException {
        NetworkNamespace pod = NetworkNamespace.create(Names.pod(cluster, podUid));
        InetAddress own;
        try {
            own = addresses.take();
        } catch (IllegalStateException e) {
            pod.delete();
            throw e;
        }
        try {
            join(pod, Names.podInterface(interfaces.incrementAndGet()), own);
        } catch (IOException | RuntimeException e) {
            addresses.release(own);
            pod.delete();
            throw e;
        }
        PodNetwork network = new PodNetwork(pod, own);
        pods.put(podUid, network);
        return network;
    }

    private void join(NetworkNamespace pod, String port, InetAddress own) throws IOException {
        try (Rtnetlink inside = pod.call(() -> {
            Sysctls.write(Sysctls.leaf());
            return Rtnetlink.open();
        })) {
            links.createVeth(Veth.named(port).peer(POD_INTERFACE).peerNamespace(pod).peerAddress(LinkAddresses.of(own)));
            links.setMaster(port, BRIDGE);
            links.setUp(port);
            links.setNeighbor(BRIDGE, own, LinkAddresses.of(own));
            inside.setUp("lo");
            inside.addAddress(POD_INTERFACE, new IpPrefix(own, own.getAddress().length * Byte.SIZE));
            inside.setUp(POD_INTERFACE);
            inside.setNeighbor(POD_INTERFACE, addresses.gateway(), LinkAddresses.of(addresses.gateway()));
            inside.addRoute(Route.to("0.0.0.0/0").via(addresses.gateway()).dev(POD_INTERFACE).onlink());
        }
    }

    /** The place of a Pod that is attached. */
    public Optional<PodNetwork> find(String podUid) {
        return Optional.ofNullable(pods.get(podUid));
    }

    /** Removes a Pod's namespace and gives its address back; a Pod that has none is as good. */
    public void detach(String podUid) throws IOException {
        PodNetwork network = pods.remove(podUid);
        if (network == null) {
            return;
        }
        try {
            links.deleteNeighbor(BRIDGE, network.address());
            network.namespace().delete();
        } catch (NoSuchFileException e) {
            // Somebody removed it by hand: the aim is met.
            System.getLogger(NodeNetwork.class.getName()).log(System.Logger.Level.DEBUG, "{0} was gone", e.getFile());
        } finally {
            addresses.release(network.address());
        }
    }

    @Override
    public void close() {
        links.close();
    }
}
