package dev.fairway.node.network;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Passes UDP datagrams from a socket in one network namespace to an address in another, and the answers back to the
 * client that asked. Each client has a socket of its own on the far side, so that its packets are one flow there; the
 * longest silent client is forgotten when there are more than 1,000.
 */
public final class UdpRelay implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(UdpRelay.class.getName());
    private static final int MAX_DATAGRAM = 65_507;
    private static final int MAX_CLIENTS = 1_000;

    /** Opens an unconnected socket in the target's namespace. */
    @FunctionalInterface
    public interface Opener {
        DatagramChannel open() throws IOException;
    }

    private final DatagramChannel near;
    private final Opener opener;
    private final InetSocketAddress target;
    private final Map<SocketAddress, DatagramChannel> clients = new LinkedHashMap<>(16, 0.75f, true);

    private UdpRelay(DatagramChannel near, Opener opener, InetSocketAddress target) {
        this.near = near;
        this.opener = opener;
        this.target = target;
    }

    /** Starts to relay; the relay owns the bound socket from now on. */
    public static UdpRelay start(DatagramChannel near, Opener opener, InetSocketAddress target) {
        UdpRelay relay = new UdpRelay(near, opener, target);
        Thread.ofVirtual().name("relay-udp-" + target).start(relay::forward);
        return relay;
    }

    private void forward() {
        ByteBuffer buffer = ByteBuffer.allocate(MAX_DATAGRAM);
        while (near.isOpen()) {
            try {
                SocketAddress client = near.receive(buffer.clear());
                far(client).write(buffer.flip());
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                // A refused datagram shows up at the next one; UDP promises nothing more.
                LOG.log(Level.DEBUG, "relay to {0}: {1}", target, e.getMessage());
            }
        }
    }

    private synchronized DatagramChannel far(SocketAddress client) throws IOException {
        DatagramChannel known = clients.get(client);
        if (known != null) {
            return known;
        }
        if (clients.size() >= MAX_CLIENTS) {
            forget(clients.keySet().iterator().next());
        }
        DatagramChannel made = opener.open();
        made.connect(target);
        clients.put(client, made);
        Thread.ofVirtual().name("relay-udp-back-" + client).start(() -> answer(made, client));
        return made;
    }

    private void answer(DatagramChannel far, SocketAddress client) {
        ByteBuffer buffer = ByteBuffer.allocate(MAX_DATAGRAM);
        while (far.isOpen()) {
            try {
                far.read(buffer.clear());
                near.send(buffer.flip(), client);
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "relay from {0}: {1}", target, e.getMessage());
            }
        }
    }

    private synchronized void forget(SocketAddress client) {
        close(clients.remove(client));
    }

    private static void close(DatagramChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(Level.TRACE, "closing a relayed flow", e);
        }
    }

    @Override
    public synchronized void close() {
        close(near);
        clients.values().forEach(UdpRelay::close);
        clients.clear();
    }
}
