package dev.fairway.cli.bench.cluster;

import dev.fairway.netlink.netns.NetworkNamespace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Asks, from one namespace, whether something answers at an address. */
final class Probe {
    /** Short: a node answers a refused port with one ICMP message a second at most, and is silent in between. */
    private static final int TIMEOUT_MILLIS = 100;
    private static final byte[] REQUEST = "GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final NetworkNamespace from;

    Probe(String namespace) throws IOException {
        from = NetworkNamespace.open(namespace);
    }

    boolean answers(String address, int port) throws IOException {
        return from.call(() -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address, port), TIMEOUT_MILLIS);
                socket.setSoTimeout(TIMEOUT_MILLIS);
                socket.getOutputStream().write(REQUEST);
                return socket.getInputStream().read() >= 0;
            } catch (IOException e) {
                // Not yet: refused, unreachable or silent all mean the same here.
                return false;
            }
        });
    }
}
