package dev.fairway.cli.demo;

import dev.fairway.netlink.netns.NetworkNamespace;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** Makes connections from where a client stands and counts which Pods answered. */
final class Dialer {
    private static final int TIMEOUT_MILLIS = 3000;
    private static final byte[] REQUEST = "GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** How often each Pod answered, and how many connections failed, with the first failure's reason. */
    record Tally(Map<String, Integer> pods, int failures, String firstFailure) {
        @Override
        public String toString() {
            String counts = pods.isEmpty() ? "no answer" : pods.toString();
            return failures == 0 ? counts : counts + ", " + failures + " failed: " + firstFailure;
        }
    }

    private final NetworkNamespace from;

    Dialer(String namespace) throws IOException {
        from = NetworkNamespace.open(namespace);
    }

    /** Opens {@code count} fresh connections, one after the other. */
    Tally dial(String address, int port, int count) throws IOException {
        return from.call(() -> {
            Map<String, Integer> pods = new TreeMap<>();
            int failures = 0;
            String firstFailure = "";
            for (int i = 0; i < count; i++) {
                try {
                    pods.merge(ask(address, port), 1, Integer::sum);
                } catch (IOException e) {
                    firstFailure = failures++ == 0 ? e.getMessage() : firstFailure;
                }
            }
            return new Tally(pods, failures, firstFailure);
        });
    }

    /** The name of the Pod that answers, which is the first word of its body. */
    private static String ask(String address, int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(REQUEST);
            InputStream in = socket.getInputStream();
            String answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            int body = answer.indexOf("\r\n\r\n");
            if (body < 0) {
                throw new IOException("not an HTTP answer: " + answer.lines().findFirst().orElse("(empty)"));
            }
            return answer.substring(body + 4).split("\\s", 2)[0];
        }
    }
}
