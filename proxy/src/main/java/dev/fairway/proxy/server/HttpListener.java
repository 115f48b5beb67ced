package dev.fairway.proxy.server;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.proxy.config.HostPort;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * A small HTTP server that listens inside a network namespace and answers on exact paths. It is not the JDK's own, which
 * writes the names of headers in a way of its own, where scripts look for those that kube-proxy writes, and which has a
 * platform thread for each port.
 */
final class HttpListener implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(HttpListener.class.getName());
    private static final int BACKLOG = 128;
    /** When a process may open no more files, the next try fails as well. */
    private static final Duration AFTER_FAILURE = Duration.ofMillis(100);

    /** An answer in whole. */
    record Page(int status, String contentType, Map<String, String> headers, byte[] body) {
        static Page text(String body) {
            return text(200, body);
        }

        static Page text(int status, String body) {
            return new Page(status, "text/plain; charset=utf-8", NO_SNIFF, body.getBytes(StandardCharsets.UTF_8));
        }

        static Page json(int status, byte[] body) {
            return new Page(status, "application/json", NO_SNIFF, body);
        }

        Page with(String name, String value) {
            Map<String, String> more = new TreeMap<>(headers);
            more.put(name, value);
            return new Page(status, contentType, more, body);
        }

        private static final Map<String, String> NO_SNIFF = Map.of("X-Content-Type-Options", "nosniff");
    }

    /**
     * Makes the answer to a request.
     *
     * @throws IOException answered with status 500
     */
    @FunctionalInterface
    interface Handler {
        /** @param query the raw query, empty for none */
        Page answer(String query) throws IOException;
    }

    private final ServerSocket server;
    private final Map<String, Handler> pages;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Thread acceptor;

    private HttpListener(ServerSocket server, Map<String, Handler> pages) {
        this.server = server;
        this.pages = pages;
        this.acceptor = Thread.ofVirtual().name("http-" + server.getLocalPort()).start(this::accept);
    }

    /**
     * Starts listening.
     *
     * @param namespace empty for the process's own
     * @param pages by path; the path {@code *} answers all others
     * @throws IOException if the address cannot be bound
     */
    static HttpListener open(Optional<NetworkNamespace> namespace, HostPort at, Map<String, Handler> pages)
            throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getByAddress(at.address().bytes()), at.port());
        // The listening socket belongs to the namespace for good; the threads need not.
        ServerSocket server = namespace.isPresent()
                ? namespace.get().<ServerSocket, IOException>call(() -> bind(address))
                : bind(address);
        return new HttpListener(server, pages);
    }

    private static ServerSocket bind(InetSocketAddress address) throws IOException {
        ServerSocket server = new ServerSocket();
        try {
            server.bind(address, BACKLOG);
            return server;
        } catch (IOException e) {
            server.close();
            throw e;
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                open.add(client);
                Thread.ofVirtual().start(() -> converse(client));
            } catch (IOException e) {
                if (!server.isClosed()) {
                    LOG.log(Level.WARNING, "a connection could not be taken: {0}", e.getMessage());
                    LockSupport.parkNanos(AFTER_FAILURE.toNanos());
                }
            }
        }
    }

    private void converse(Socket client) {
        try (client) {
            new HttpConversation(client, this::answer).run();
        } catch (IOException e) {
            LOG.log(Level.TRACE, "a client went away: {0}", e.getMessage());
        } finally {
            open.remove(client);
        }
    }

    private Page answer(String path, String query) {
        Handler handler = pages.getOrDefault(path, pages.get("*"));
        return handler == null ? notFound() : answer(handler, query);
    }

    private static Page answer(Handler handler, String query) {
        try {
            return handler.answer(query);
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.ERROR, "an HTTP request failed", e);
            return Page.text(500, "internal error\n");
        }
    }

    private static Page notFound() {
        return Page.text(404, "404 page not found\n");
    }

    @Override
    public void close() {
        try {
            server.close();
            // The port is free once the thread that waits on it has heard of that.
            acceptor.join();
            for (Socket client : open) {
                client.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing a listener", e);
        }
    }
}
