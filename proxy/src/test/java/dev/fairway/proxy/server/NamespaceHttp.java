package dev.fairway.proxy.server;

import dev.fairway.netlink.netns.NetworkNamespace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Plain HTTP GETs from inside a network namespace. */
record NamespaceHttp(NetworkNamespace from) {
    private static final int TIMEOUT_MILLIS = 5_000;

    /** An answer; {@code head} is status line and headers. */
    record Answer(int status, String head, String body) {
        Optional<String> header(String name) {
            return Arrays.stream(head.split("\r\n"))
                    .filter(line -> line.toLowerCase().startsWith(name.toLowerCase() + ":"))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst();
        }
    }

    /** @throws IOException if nobody answers */
    Answer get(String address, int port, String path) throws IOException {
        byte[] answer = from.<byte[], IOException>call(() -> {
            try (Socket socket = new Socket()) {
                socket.setSoTimeout(TIMEOUT_MILLIS);
                socket.connect(new InetSocketAddress(address, port), TIMEOUT_MILLIS);
                socket.getOutputStream().write(("GET " + path + " HTTP/1.0\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
                return socket.getInputStream().readAllBytes();
            }
        });
        String text = new String(answer, StandardCharsets.UTF_8);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            throw new IOException("closed without an answer");
        }
        return new Answer(Integer.parseInt(text.split(" ")[1]), text.substring(0, end), text.substring(end + 4));
    }
}
