package dev.fairway.node.network;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Passes TCP connections from a listener in one network namespace to an address in another, byte for byte, with
 * half-closes and resets. Two virtual threads a connection.
 */
public final class TcpRelay implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(TcpRelay.class.getName());
    private static final int BUFFER_BYTES = 16 << 10;
    /** After a failure to accept, such as for want of file descriptors. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    /** Opens an unconnected socket in the target's namespace. */
    @FunctionalInterface
    public interface Opener {
        SocketChannel open() throws IOException;
    }

    private final ServerSocketChannel listener;
    private final Opener opener;
    private final InetSocketAddress target;
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();

    private TcpRelay(ServerSocketChannel listener, Opener opener, InetSocketAddress target) {
        this.listener = listener;
        this.opener = opener;
        this.target = target;
    }

    /** Starts to accept; the relay owns the listener from now on. */
    public static TcpRelay start(ServerSocketChannel listener, Opener opener, InetSocketAddress target) {
        TcpRelay relay = new TcpRelay(listener, opener, target);
        Thread.ofVirtual().name("relay-" + target).start(relay::accept);
        return relay;
    }

    private void accept() {
        try {
            while (listener.isOpen()) {
                try {
                    SocketChannel client = listener.accept();
                    open.add(client);
                    Thread.ofVirtual().start(() -> relay(client));
                } catch (ClosedChannelException e) {
                    LOG.log(Level.TRACE, "relay to {0} closed", target);
                } catch (IOException e) {
                    LOG.log(Level.WARNING, "relay to {0}: {1}", target, e.getMessage());
                    Thread.sleep(PAUSE);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void relay(SocketChannel client) {
        try (client; SocketChannel server = opener.open()) {
            open.add(server);
            try {
                server.connect(target);
                Thread back = Thread.ofVirtual().start(() -> pump(server, client));
                pump(client, server);
                back.join();
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "relay to {0}: {1}", target, e.getMessage());
                reset(client);
            } finally {
                open.remove(server);
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "relay to {0}: {1}", target, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(client);
        }
    }

    private static void pump(SocketChannel from, SocketChannel to) {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        try {
            while (from.read(buffer.clear()) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
            }
            to.shutdownOutput();
        } catch (IOException e) {
            // One side is gone, and not in good order: the other must hear of it.
            reset(from);
            reset(to);
        }
    }

    /** Closes so that the peer sees a failure and not the end of an answer. */
    private static void reset(SocketChannel channel) {
        try {
            if (channel.isOpen()) {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
        } catch (IOException e) {
            LOG.log(Level.TRACE, "resetting a relayed connection", e);
        } finally {
            close(channel);
        }
    }

    private static void close(AutoCloseable channel) {
        try {
            channel.close();
        } catch (Exception e) {
            LOG.log(Level.TRACE, "closing a relay's channel", e);
        }
    }

    @Override
    public void close() {
        close(listener);
        open.forEach(TcpRelay::close);
    }
}
