package dev.fairway.testkit.etcd;

import dev.fairway.testkit.TemporaryDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** An etcd cluster of child processes on loopback ports. */
public final class EtcdCluster implements AutoCloseable {

    private final TemporaryDirectory temporary = TemporaryDirectory.create("etcd");
    private final Path directory = temporary.path();
    private final List<Integer> clientPorts;
    private final List<Integer> peerPorts;
    private final Process[] members;
    private final Optional<Secrets> secrets;

    private record Secrets(EtcdCertificates server, EtcdCertificates client) {}

    private EtcdCluster(int size, Optional<Secrets> secrets) throws IOException {
        this.secrets = secrets;
        List<Integer> ports = freePorts(2 * size);
        this.clientPorts = ports.subList(0, size);
        this.peerPorts = ports.subList(size, 2 * size);
        this.members = new Process[size];
        for (int i = 0; i < size; i++) {
            start(i);
        }
    }

    /** Starts so many members. */
    public static EtcdCluster ofMembers(int size) throws IOException {
        return new EtcdCluster(size, Optional.empty());
    }

    /** Starts one member that speaks TLS only, and only with {@code client}. */
    public static EtcdCluster secured(EtcdCertificates server, EtcdCertificates client) throws IOException {
        return new EtcdCluster(1, Optional.of(new Secrets(server, client)));
    }

    /** Held open together, so that they differ. */
    private static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }

    /** Starts a member, for the first time or again. */
    public void start(int i) {
        String all = IntStream.range(0, members.length)
                .mapToObj(n -> "m" + n + "=http://127.0.0.1:" + peerPorts.get(n)).collect(Collectors.joining(","));
        String client = endpoints().get(i).toString();
        String peer = "http://127.0.0.1:" + peerPorts.get(i);
        Path log = directory.resolve("m" + i + ".log");
        try {
            List<String> command = new ArrayList<>(List.of("etcd", "--name", "m" + i,
                    "--data-dir", directory.resolve("m" + i).toString(),
                    "--listen-client-urls", client, "--advertise-client-urls", client,
                    "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
                    "--initial-cluster", all, "--initial-cluster-token", directory.getFileName().toString(),
                    "--logger", "zap", "--log-level", "warn"));
            secrets.ifPresent(files -> command.addAll(List.of("--cert-file", files.server().certificate().toString(),
                    "--key-file", files.server().key().toString(), "--client-cert-auth",
                    "--trusted-ca-file", files.client().certificate().toString())));
            members[i] = new ProcessBuilder(command)
                    .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())).start();
        } catch (IOException e) {
            throw new UncheckedIOException("etcd is needed for this test (Debian: etcd-server)", e);
        }
    }

    /** Ends a member without warning. */
    public void kill(int i) {
        members[i].toHandle().destroyForcibly();
        members[i].onExit().join();
    }

    /** Where its members serve clients. */
    public List<URI> endpoints() {
        return clientPorts.stream().map(port -> URI.create((secrets.isPresent() ? "https" : "http") + "://127.0.0.1:" + port)).toList();
    }

    /** How many members it has, living or not. */
    public int size() {
        return members.length;
    }

    @Override
    public void close() {
        for (int i = 0; i < members.length; i++) {
            kill(i);
        }
        temporary.close();
    }
}
