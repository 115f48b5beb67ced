package dev.fairway.netlink.rtnetlink;

import static dev.fairway.netlink.rtnetlink.InterfaceAddress.*;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.socket.NetlinkFamily;
import dev.fairway.netlink.socket.NetlinkSocket;
import dev.fairway.netlink.sys.ErrnoException;
import dev.fairway.netlink.wire.NetlinkHeader;
import dev.fairway.netlink.wire.NetlinkWriter;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * The links, addresses and routes of one network namespace. A node's Pod network with one Pod, complete:
 *
 * {@snippet :
 * try (var node = Rtnetlink.open(nodeNamespace); var pod = Rtnetlink.open(podNamespace)) {
 *     node.createBridge("cbr0");
 *     node.addAddress("cbr0", IpPrefix.parse("10.44.0.1/24"));
 *     node.setUp("cbr0");
 *     node.createVeth(Veth.named("veth1").peer("eth0").peerNamespace(podNamespace));
 *     node.setMaster("veth1", "cbr0");
 *     node.setHairpin("veth1", true);
 *     node.setUp("veth1");
 *     pod.addAddress("eth0", IpPrefix.parse("10.44.0.2/24"));
 *     pod.setUp("eth0");
 *     pod.addRoute(Route.to("0.0.0.0/0").via("10.44.0.1"));
 * }
 * }
 *
 * Every method throws {@link dev.fairway.netlink.socket.NetlinkException} with the kernel's errno and words when the
 * kernel refuses: EEXIST for what is there already, ENODEV for an unknown interface, ESRCH for an unknown route. Safe for
 * use by several threads.
 */
public final class Rtnetlink implements AutoCloseable {
    private static final int RTM_NEWADDR = 20;
    private static final int RTM_DELADDR = 21;
    private static final int RTM_GETADDR = 22;

    private final NetlinkSocket socket;
    private final Links links;
    private final Routes routes;
    private final Neighbors neighbors;

    private Rtnetlink(NetlinkSocket socket) {
        this.socket = socket;
        this.links = new Links(socket);
        this.routes = new Routes(socket, links);
        this.neighbors = new Neighbors(socket, links);
    }

    /** Of the calling thread's own namespace. */
    public static Rtnetlink open() throws ErrnoException {
        return new Rtnetlink(NetlinkSocket.open(NetlinkFamily.ROUTE));
    }

    public static Rtnetlink open(NetworkNamespace namespace) throws IOException {
        return new Rtnetlink(namespace.netlinkSocket(NetlinkFamily.ROUTE));
    }

    public List<Link> links() throws ErrnoException {
        return links.list();
    }

    public Optional<Link> link(String name) throws ErrnoException {
        return links.find(name);
    }

    /** Makes a bridge, down and without ports. */
    public void createBridge(String name) throws ErrnoException {
        links.createKind(name, "bridge");
    }

    /** Makes a veth pair, both ends down. */
    public void createVeth(Veth veth) throws IOException {
        links.createVeth(veth);
    }

    /** Deletes an interface; of a veth pair both ends go. */
    public void deleteLink(String name) throws ErrnoException {
        links.delete(name);
    }

    public void setUp(String name) throws ErrnoException {
        links.setFlags(name, Link.UP, Link.UP);
    }

    public void setDown(String name) throws ErrnoException {
        links.setFlags(name, 0, Link.UP);
    }

    /** Makes an interface a port of a bridge. */
    public void setMaster(String name, String bridge) throws ErrnoException {
        int master = links.index(bridge);
        links.set("set master of " + name, name, request -> request.u32(Link.IFLA_MASTER, master));
    }

    /** @param mtu bytes */
    public void setMtu(String name, int mtu) throws ErrnoException {
        links.set("set mtu of " + name, name, request -> request.u32(Link.IFLA_MTU, mtu));
    }

    /** @param address a MAC address such as {@code 02:00:00:00:00:01} */
    public void setLinkAddress(String name, String address) throws ErrnoException {
        byte[] bytes = Veth.bytes(address);
        links.set("set address of " + name, name, request -> request.bytes(Link.IFLA_ADDRESS, bytes));
    }

    /** Lets a bridge port send frames back where they came from, so that a Pod reaches itself through its Service. */
    public void setHairpin(String name, boolean on) throws ErrnoException {
        links.setHairpin(name, on);
    }

    /** Moves an interface, which goes down and loses its addresses. */
    public void moveLink(String name, NetworkNamespace target) throws IOException {
        links.move(name, target);
    }

    /** Gives an interface an address, usable at once: without IPv6's duplicate address detection. */
    public void addAddress(String name, IpPrefix address) throws ErrnoException {
        int index = links.index(name);
        socket.execute("add address " + address + " to " + name, RTM_NEWADDR, NetlinkHeader.CREATE | NetlinkHeader.EXCL,
                request -> address(request, index, address).u32(IFA_FLAGS, IFA_F_NODAD));
    }

    public void deleteAddress(String name, IpPrefix address) throws ErrnoException {
        int index = links.index(name);
        socket.execute("delete address " + address + " of " + name, RTM_DELADDR, 0,
                request -> address(request, index, address));
    }

    /** All addresses of the namespace. */
    public List<InterfaceAddress> addresses() throws ErrnoException {
        return socket.dump("list addresses", RTM_GETADDR, request -> request.raw(new byte[InterfaceAddress.HEADER]),
                InterfaceAddress::decode);
    }

    /** The addresses of one interface. */
    public List<InterfaceAddress> addresses(String name) throws ErrnoException {
        int index = links.index(name);
        return addresses().stream().filter(address -> address.index() == index).toList();
    }

    public void addRoute(Route route) throws ErrnoException {
        routes.add(route);
    }

    /** Adds a route, or changes the one to the same destination with the same metric. */
    public void replaceRoute(Route route) throws ErrnoException {
        routes.replace(route);
    }

    public void deleteRoute(Route route) throws ErrnoException {
        routes.delete(route);
    }

    /** The routes of the main table. */
    public List<Route> routes() throws ErrnoException {
        return routes.main();
    }

    /**
     * Says for good which link address an IP address has on an interface, so that nobody has to ask. Such entries do not
     * count against the machine-wide {@code gc_thresh3}.
     *
     * @param linkAddress a MAC address such as {@code 02:00:00:00:00:01}
     */
    public void setNeighbor(String name, InetAddress address, String linkAddress) throws ErrnoException {
        neighbors.replacePermanent(name, address, linkAddress);
    }

    public void deleteNeighbor(String name, InetAddress address) throws ErrnoException {
        neighbors.delete(name, address);
    }

    /** {@code struct ifaddrmsg} with its addresses. */
    private static NetlinkWriter address(NetlinkWriter request, int index, IpPrefix prefix) {
        byte[] bytes = prefix.address().getAddress();
        request.raw((byte) (prefix.isIpv4() ? Routes.AF_INET : Routes.AF_INET6), (byte) prefix.length(), (byte) 0,
                (byte) 0).rawInt(index);
        return request.bytes(IFA_LOCAL, bytes).bytes(IFA_ADDRESS, bytes);
    }

    @Override
    public void close() {
        socket.close();
    }
}
