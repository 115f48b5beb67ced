package dev.fairway.node.probe;

import dev.fairway.node.probe.Prober.Answer;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/**
 * An HTTP or HTTPS GET, as kubelet's prober makes it: any status from 200 to 399 is good, redirects on the same host
 * are followed, one to another host is good as it is.
 */
final class HttpProbe {
    private static final int MAX_LINE = 8 << 10;
    private static final int MAX_HEADERS = 200;
    private static final int MAX_REDIRECTS = 10;
    private static final Map<String, Integer> PORTS = Map.of("http", 80, "https", 443);

    /** Opens a connection from the node. */
    @FunctionalInterface
    interface Connector {
        Socket connect(String host, int port) throws IOException;
    }

    private record Response(int status, String location) {
        boolean redirects() {
            return status >= 300 && status < 400 && !location.isEmpty();
        }
    }

    private HttpProbe() {}

    static Answer ask(Probe.Check.HttpGet get, String host, int port, Connector connector, Deadline deadline) throws IOException {
        String authority = (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        String path = get.path().startsWith("/") ? get.path() : "/" + get.path();
        String url = get.scheme().toLowerCase(Locale.ROOT) + "://" + authority + path;
        try {
            URI uri = URI.create(url);
            for (int hops = 0; hops <= MAX_REDIRECTS; hops++) {
                Response response = once(uri, get.headers(), connector, deadline);
                if (!response.redirects()) {
                    return response.status() >= 200 && response.status() < 400 ? Answer.GOOD
                            : Answer.bad("HTTP probe failed with statuscode: " + response.status());
                }
                URI next = uri.resolve(response.location());
                if (!uri.getHost().equals(next.getHost()) || !PORTS.containsKey(next.getScheme())) {
                    return Answer.GOOD;
                }
                uri = next;
            }
            return Answer.bad("Get \"" + url + "\": stopped after " + MAX_REDIRECTS + " redirects");
        } catch (SocketTimeoutException e) {
            return Answer.bad("Get \"" + url + "\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)");
        } catch (IOException | IllegalArgumentException e) {
            return Answer.bad("Get \"" + url + "\": " + e.getMessage());
        }
    }

    private static Response once(URI uri, Map<String, String> headers, Connector connector, Deadline deadline) throws IOException {
        int port = uri.getPort() < 0 ? PORTS.get(uri.getScheme()) : uri.getPort();
        String host = uri.getHost().replaceAll("[\\[\\]]", "");
        InetAddress.ofLiteral(host);
        try (Socket plain = connector.connect(host, port);
                Socket socket = uri.getScheme().equals("https") ? TrustingTls.over(plain, host, port) : plain) {
            socket.getOutputStream().write(request(uri, headers).getBytes(StandardCharsets.UTF_8));
            return response(new BufferedInputStream(socket.getInputStream()), socket, deadline);
        }
    }

    private static String request(URI uri, Map<String, String> headers) {
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        StringBuilder request = new StringBuilder("GET " + (uri.getRawPath().isEmpty() ? "/" : uri.getRawPath()) + query + " HTTP/1.1\r\n");
        Map.of("Host", uri.getRawAuthority(), "User-Agent", "kube-probe/1.36", "Accept", "*/*").forEach((name, value) -> {
            if (headers.keySet().stream().noneMatch(name::equalsIgnoreCase)) {
                request.append(name).append(": ").append(value).append("\r\n");
            }
        });
        headers.forEach((name, value) -> {
            if (!value.isEmpty()) {
                request.append(line(name)).append(": ").append(line(value)).append("\r\n");
            }
        });
        return request.append("Connection: close\r\n\r\n").toString();
    }

    /** A header stays on its line, whatever an object says. */
    private static String line(String text) {
        return text.replaceAll("[\\r\\n]", " ");
    }

    private static Response response(InputStream in, Socket socket, Deadline deadline) throws IOException {
        String[] words = line(in, socket, deadline).split(" ", 3);
        if (words.length < 2 || !words[0].startsWith("HTTP/") || !words[1].matches("\\d{3}")) {
            throw new IOException("malformed HTTP response");
        }
        String location = "";
        int count = 0;
        for (String line = line(in, socket, deadline); !line.isEmpty() && count < MAX_HEADERS; line = line(in, socket, deadline)) {
            if (line.regionMatches(true, 0, "location:", 0, 9)) {
                location = line.substring(9).strip();
            }
            count++;
        }
        return new Response(Integer.parseInt(words[1]), location);
    }

    private static String line(InputStream in, Socket socket, Deadline deadline) throws IOException {
        socket.setSoTimeout(deadline.millis());
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0 || line.size() >= MAX_LINE) {
                throw new IOException(b < 0 && line.size() == 0 ? "EOF" : "malformed HTTP response");
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }
}
