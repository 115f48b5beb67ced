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
        namespace.sysctl("net/ipv4/ip_forward", "1");
        links.createBridge(BRIDGE);
        // Frames between two Pods of one node must pass the node's rules, else answers of a DNATed connection
        // would come from the Pod's address instead of the Service's.
        namespace.sysctl("net/bridge/bridge-nf-call-iptables", "1");
        links.addAddress(BRIDGE, new IpPrefix(addresses.gateway(), podCidr.length()));
        links.setUp(BRIDGE);
    }

    void route(Route route) throws IOException {
        links.replaceRoute(route);
    }

    /**
     * Makes a Pod's namespace, with an address, joined to this node.
     *
     * @param podUid names the namespace
     */
    public PodNetwork attach(String podUid) throws IOException {
        NetworkNamespace pod = NetworkNamespace.create(Names.pod(cluster, podUid));
        InetAddress own = addresses.take();
        try {
            String port = Names.podInterface(podUid);
            synchronized (links) {
                links.createVeth(Veth.named(port).peer(POD_INTERFACE).peerNamespace(pod));
                links.setMaster(port, BRIDGE);
                // A Pod may reach itself through its own Service.
                links.setHairpin(port, true);
                links.setUp(port);
            }
            try (Rtnetlink inside = Rtnetlink.open(pod)) {
                inside.setUp("lo");
                inside.addAddress(POD_INTERFACE, new IpPrefix(own, podCidr.length()));
                inside.setUp(POD_INTERFACE);
                inside.addRoute(Route.to("0.0.0.0/0").via(addresses.gateway().getHostAddress()));
            }
        } catch (IOException | RuntimeException e) {
            addresses.release(own);
            pod.delete();
            throw e;
        }
        PodNetwork network = new PodNetwork(pod, own);
        pods.put(podUid, network);
        return network;
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
