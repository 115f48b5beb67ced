package dev.fairway.node.probe;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.node.runtime.ContainerSpec;
import dev.fairway.node.runtime.RunningContainer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** Asks containers from where their node stands, as kubelet does. */
public final class Prober {
    private static final int MAX_STATUS_LINE = 4096;

    /** An answer; the message says what was wrong with a bad one. */
    public record Answer(boolean good, String message) {
        static final Answer GOOD = new Answer(true, "");
    }

    private final NetworkNamespace node;

    public Prober(NetworkNamespace node) {
        this.node = node;
    }

    /** Asks once, and waits for the answer at most the probe's timeout. */
    public Answer ask(Probe probe, ContainerSpec container, RunningContainer running) throws InterruptedException {
        try {
            return switch (probe.check()) {
                case Probe.Check.HttpGet get -> http(get, probe, container);
                case Probe.Check.TcpSocket tcp -> {
                    connect(host(tcp.host(), container), port(tcp.port(), container), probe).close();
                    yield Answer.GOOD;
                }
                case Probe.Check.Exec exec -> {
                    int code = running.exec(exec.command(), probe.timeout());
                    yield code == 0 ? Answer.GOOD : new Answer(false, "command " + exec.command() + " ended with " + code);
                }
            };
        } catch (IOException | IllegalArgumentException e) {
            return new Answer(false, e.getMessage());
        }
    }

    private Answer http(Probe.Check.HttpGet get, Probe probe, ContainerSpec container) throws IOException {
        String host = host(get.host(), container);
        int port = port(get.port(), container);
        String url = get.scheme().toLowerCase(java.util.Locale.ROOT) + "://" + host + ":" + port + get.path();
        try (Socket plain = connect(host, port, probe);
                Socket socket = get.scheme().equals("HTTPS") ? secured(plain, host, port) : plain) {
            StringBuilder request = new StringBuilder("GET " + get.path() + " HTTP/1.1\r\n");
            if (get.headers().keySet().stream().noneMatch("Host"::equalsIgnoreCase)) {
                request.append("Host: ").append(host).append(':').append(port).append("\r\n");
            }
            if (get.headers().keySet().stream().noneMatch("User-Agent"::equalsIgnoreCase)) {
                request.append("User-Agent: kube-probe/1.36\r\n");
            }
            get.headers().forEach((name, value) -> request.append(line(name)).append(": ").append(line(value)).append("\r\n"));
            request.append("Accept: */*\r\nConnection: close\r\n\r\n");
            socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.UTF_8));
            int status = status(socket);
            return status >= 200 && status < 400 ? Answer.GOOD : new Answer(false, "HTTP probe failed with statuscode: " + status);
        } catch (SocketTimeoutException e) {
            throw new IOException("Get \"" + url + "\": context deadline exceeded", e);
        } catch (IOException e) {
            throw new IOException("Get \"" + url + "\": " + e.getMessage(), e);
        }
    }

    /** A header stays on its line, whatever an object says. */
    private static String line(String text) {
        return text.replaceAll("[\\r\\n]", " ");
    }

    private static int status(Socket socket) throws IOException {
        ByteArrayOutputStream first = new ByteArrayOutputStream();
        for (int b = socket.getInputStream().read(); b >= 0 && b != '\n' && first.size() < MAX_STATUS_LINE; b = socket.getInputStream().read()) {
            first.write(b);
        }
        String[] words = first.toString(StandardCharsets.ISO_8859_1).split(" ");
        if (words.length < 2 || !words[0].startsWith("HTTP/") || !words[1].matches("\\d{3}")) {
            throw new IOException("malformed HTTP response");
        }
        return Integer.parseInt(words[1]);
    }

    private Socket connect(String host, int port, Probe probe) throws IOException {
        int millis = (int) Math.max(1, probe.timeout().toMillis());
        InetSocketAddress address = new InetSocketAddress(java.net.InetAddress.ofLiteral(host), port);
        return node.call(() -> {
            Socket socket = new Socket();
            try {
                socket.connect(address, millis);
                socket.setSoTimeout(millis);
                return socket;
            } catch (IOException e) {
                socket.close();
                throw new IOException("dial tcp " + host + ":" + port + ": " + e.getMessage(), e);
            }
        });
    }

    /** Probes trust any certificate, as kubelet's do: they ask whether, not who. */
    private static Socket secured(Socket plain, String host, int port) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new X509TrustManager() {
                @Override
                public void checkClientTrusted(X509Certificate[] chain, String type) {
                    throw new UnsupportedOperationException("a probe is no server");
                }

                @Override
                public void checkServerTrusted(X509Certificate[] chain, String type) {
                    // Any certificate will do.
                }

                @Override
                public X509Certificate[] getAcceptedIssuers() {
                    return new X509Certificate[0];
                }
            }}, null);
            SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, host, port, true);
            socket.startHandshake();
            return socket;
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS: " + e.getMessage(), e);
        }
    }

    private static String host(String wished, ContainerSpec container) {
        return wished.isEmpty() ? container.network().address().getHostAddress() : wished;
    }

    private static int port(Probe.PortRef port, ContainerSpec container) throws IOException {
        return switch (port) {
            case Probe.PortRef.Number number -> number.value();
            case Probe.PortRef.Name name -> container.ports().stream()
                    .filter(each -> each.name().equals(name.value()))
                    .map(ContainerSpec.Port::number)
                    .findFirst()
                    .orElseThrow(() -> new IOException("couldn't find port: " + name.value()));
        };
    }
}
