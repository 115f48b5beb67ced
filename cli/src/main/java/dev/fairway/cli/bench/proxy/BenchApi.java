package dev.fairway.cli.bench.proxy;

import dev.fairway.netlink.netns.NetworkNamespace;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The least API server that can feed a proxy: lists and watches of three kinds, over HTTP/1.1, from memory. It runs in the
 * bench's own process, so that its work is not counted as the proxy's, and listens inside the node's namespace.
 */
final class BenchApi implements AutoCloseable {
    static final String SERVICES = "/api/v1/services";
    static final String SLICES = "/apis/discovery.k8s.io/v1/endpointslices";
    static final String NODES = "/api/v1/nodes";

    private static final System.Logger LOG = System.getLogger(BenchApi.class.getName());
    private static final int BACKLOG = 64;
    private static final int MAX_HEAD_BYTES = 64 << 10;
    private static final int CHUNK_BYTES = 64 << 10;

    /** One open watch; writing to it is one system call. */
    private record Watch(String path, OutputStream out) {
        synchronized void send(byte[] frame) throws IOException {
            byte[] head = (Integer.toHexString(frame.length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
            ByteArrayOutputStream chunk = new ByteArrayOutputStream(head.length + frame.length + 2);
            chunk.write(head);
            chunk.write(frame);
            chunk.write('\r');
            chunk.write('\n');
            out.write(chunk.toByteArray());
            out.flush();
        }
    }

    private final ServerSocket server;
    private final Map<String, List<byte[]>> lists = new ConcurrentHashMap<>();
    private final List<Watch> watches = new CopyOnWriteArrayList<>();
    private final AtomicLong version = new AtomicLong(1_000);

    /** @param node where it listens; empty for this process's own namespace */
    BenchApi(Optional<NetworkNamespace> node, BenchObjects objects, String nodeAddress) throws IOException {
        List<byte[]> services = new ArrayList<>(objects.services());
        List<byte[]> slices = new ArrayList<>(objects.services());
        for (int i = 0; i < objects.services(); i++) {
            services.add(BenchObjects.service(i, version.incrementAndGet()));
            slices.addAll(objects.slices(i, version.incrementAndGet()));
        }
        lists.put(SERVICES, services);
        lists.put(SLICES, slices);
        lists.put(NODES, List.of(BenchObjects.node(nodeAddress)));
        InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
        server = node.isPresent()
                ? node.get().<ServerSocket, IOException>call(() -> new ServerSocket(0, BACKLOG, loopback))
                : new ServerSocket(0, BACKLOG, loopback);
        Thread.ofPlatform().daemon().name("bench-api").start(this::accept);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    /** How many bytes the lists of Services and slices have. */
    long listBytes() {
        return lists.values().stream().flatMap(List::stream).mapToLong(object -> object.length).sum();
    }

    long nextVersion() {
        return version.incrementAndGet();
    }

    boolean isWatched(String path) {
        return watches.stream().anyMatch(watch -> watch.path.equals(path));
    }

    /** Gives a Service of at most a hundred endpoints others, for lists from now on and for the watches. */
    void put(int service, List<String> endpoints) throws IOException {
        byte[] slice = BenchObjects.slice(service, 0, endpoints, nextVersion());
        lists.get(SLICES).set(service, slice);
        modified(SLICES, slice);
    }

    /** Tells the watches of a kind that an object has changed. */
    void modified(String path, byte[] object) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream(object.length + 40);
        frame.writeBytes("{\"type\":\"MODIFIED\",\"object\":".getBytes(StandardCharsets.US_ASCII));
        frame.writeBytes(object);
        frame.writeBytes("}\n".getBytes(StandardCharsets.US_ASCII));
        byte[] bytes = frame.toByteArray();
        for (Watch watch : watches) {
            if (watch.path.equals(path)) {
                try {
                    watch.send(bytes);
                } catch (IOException e) {
                    // A proxy that was killed lists again when it is back; the others must hear of this all the same.
                    watches.remove(watch);
                    LOG.log(Level.TRACE, "a watch ended");
                }
            }
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                Thread.ofPlatform().daemon().start(() -> serve(socket));
            }
        } catch (IOException e) {
            LOG.log(Level.TRACE, "the bench's API server ends");
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = new BufferedOutputStream(socket.getOutputStream(), CHUNK_BYTES);
            for (String head = head(in); !head.isEmpty(); head = head(in)) {
                answer(head, in, out);
            }
        } catch (IOException e) {
            LOG.log(Level.TRACE, "a connection ended");
        }
    }

    /** Request line and headers; empty at the end of the connection. */
    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        for (int b = in.read(); b >= 0; b = in.read()) {
            head.append((char) b);
            if (b == '\n' && head.length() >= 4 && head.substring(head.length() - 4).equals("\r\n\r\n")) {
                return head.toString();
            }
            if (head.length() > MAX_HEAD_BYTES) {
                throw new IOException("a request's head is too long");
            }
        }
        return "";
    }

    private void answer(String head, InputStream in, OutputStream out) throws IOException {
        String target = head.split(" ")[1];
        String path = target.split("\\?")[0];
        in.skipNBytes(contentLength(head));
        List<byte[]> objects = lists.get(path);
        if (objects == null) {
            // Events and the like: taken, and forgotten.
            write(out, "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
        } else if (target.contains("watch=true")) {
            write(out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
            Watch watch = new Watch(path, out);
            watches.add(watch);
            try {
                in.read();
            } finally {
                watches.remove(watch);
            }
        } else {
            list(objects, out);
        }
    }

    private static long contentLength(String head) {
        return head.lines().filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:"))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip())).findFirst().orElse(0);
    }

    private void list(List<byte[]> objects, OutputStream out) throws IOException {
        byte[] head = ("{\"kind\":\"List\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"" + version.get()
                + "\"},\"items\":[").getBytes(StandardCharsets.US_ASCII);
        long length = head.length + 2L + objects.stream().mapToLong(object -> object.length + 1L).sum() - (objects.isEmpty() ? 0 : 1);
        write(out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + length + "\r\n\r\n");
        out.write(head);
        for (int i = 0; i < objects.size(); i++) {
            if (i > 0) {
                out.write(',');
            }
            out.write(objects.get(i));
        }
        write(out, "]}");
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
