package dev.fairway.testkit;

import dev.fairway.netlink.netns.NetworkNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * Answers every TCP connection and every UDP datagram on one port, IPv4 and IPv6, with {@code NAME SOURCE-ADDRESS}. Its
 * threads are virtual: a thousand servers cost no thousand threads.
 */
public final class EchoServer implements AutoCloseable {
    private static final int BACKLOG = 256;

    private final String name;
    private final ServerSocketChannel tcp;
    private final DatagramChannel udp;

    private EchoServer(String name, ServerSocketChannel tcp, DatagramChannel udp) {
        this.name = name;
        this.tcp = tcp;
        this.udp = udp;
    }

    /** Starts serving in a namespace. */
    public static EchoServer start(NetworkNamespace namespace, String name, int port) throws IOException {
        var address = new InetSocketAddress(port);
        var server = namespace.call(() -> new EchoServer(name, ServerSocketChannel.open().bind(address, BACKLOG),
                DatagramChannel.open().bind(address)));
        Thread.startVirtualThread(server::acceptAll);
        Thread.startVirtualThread(server::answerAll);
        return server;
    }

    private void acceptAll() {
        while (tcp.isOpen()) {
            try {
                var connection = tcp.accept();
                Thread.startVirtualThread(() -> answer(connection));
            } catch (ClosedChannelException closed) {
                return;
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    private void answer(SocketChannel connection) {
        try (connection) {
            connection.write(answerTo((InetSocketAddress) connection.getRemoteAddress()));
        } catch (IOException clientGone) {
            // A client that leaves before its answer sees the failure itself.
            return;
        }
    }

    private void answerAll() {
        var request = ByteBuffer.allocate(1500);
        while (udp.isOpen()) {
            try {
                request.clear();
                var client = udp.receive(request);
                udp.send(answerTo((InetSocketAddress) client), client);
            } catch (ClosedChannelException closed) {
                return;
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    private ByteBuffer answerTo(InetSocketAddress client) {
        return ByteBuffer.wrap((name + " " + text(client.getAddress())).getBytes(StandardCharsets.UTF_8));
    }

    /** The address as RFC 5952 writes it. */
    static String text(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length == 4) {
            return address.getHostAddress();
        }
        var groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = (bytes[2 * i] & 0xff) << 8 | bytes[2 * i + 1] & 0xff;
        }
        int start = -1;
        int longest = 1;
        for (int i = 0; i < 8; i++) {
            int run = 0;
            while (i + run < 8 && groups[i + run] == 0) {
                run++;
            }
            if (run > longest) {
                start = i;
                longest = run;
            }
        }
        var text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == start) {
                text.append("::");
                i += longest - 1;
            } else {
                if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                    text.append(':');
                }
                text.append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }

    @Override
    public void close() {
        try {
            tcp.close();
            udp.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
