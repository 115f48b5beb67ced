package dev.fairway.node.probe;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.node.runtime.ContainerSpec;
import dev.fairway.node.runtime.ExecResult;
import dev.fairway.node.runtime.RunningContainer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.util.List;

/** Asks containers from where their node stands, as kubelet does. */
public final class Prober {
    /** An answer; the message says what was wrong with a bad one. */
    public record Answer(boolean good, String message) {
        static final Answer GOOD = new Answer(true, "");

        static Answer bad(String message) {
            return new Answer(false, message);
        }
    }

    private final NetworkNamespace node;

    public Prober(NetworkNamespace node) {
        this.node = node;
    }

    /** Asks once, and waits for the answer at most the probe's timeout. */
    public Answer ask(Probe probe, ContainerSpec container, RunningContainer running) throws InterruptedException {
        Deadline deadline = Deadline.in(probe.timeout());
        try {
            return switch (probe.check()) {
                case Probe.Check.HttpGet get -> HttpProbe.ask(get, host(get.host(), container), port(get.port(), container),
                        (host, port) -> connect(host, port, deadline), deadline);
                case Probe.Check.TcpSocket tcp -> tcp(host(tcp.host(), container), port(tcp.port(), container), deadline);
                case Probe.Check.Grpc grpc -> {
                    try (Socket socket = connect(host("", container), grpc.port(), deadline)) {
                        yield GrpcProbe.ask(socket, grpc.service(), deadline);
                    }
                }
                case Probe.Check.Exec exec -> exec(running, exec.command(), probe);
            };
        } catch (IOException | IllegalArgumentException e) {
            return Answer.bad(e.getMessage());
        }
    }

    private Answer tcp(String host, int port, Deadline deadline) throws IOException {
        connect(host, port, deadline).close();
        return Answer.GOOD;
    }

    private static Answer exec(RunningContainer running, List<String> command, Probe probe) throws IOException, InterruptedException {
        ExecResult result = running.exec(command, probe.timeout());
        return result.exitCode() == 0 ? Answer.GOOD
                : Answer.bad(result.output().isBlank() ? "command exited with " + result.exitCode() : result.output().strip());
    }

    /** A connection whose reads end with the deadline; errors are in the words of Go's net package. */
    private Socket connect(String host, int port, Deadline deadline) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral(host), port);
        // A socket belongs to where it was opened: only that needs a thread which goes there.
        Socket socket = node.call(SocketChannel::open).socket();
        String operation = "dial tcp " + address.getAddress().getHostAddress() + ":" + port + ": ";
        try {
            socket.connect(address, deadline.millis());
            socket.setSoTimeout(deadline.millis());
            return socket;
        } catch (SocketTimeoutException e) {
            socket.close();
            throw new SocketTimeoutException(operation + "i/o timeout");
        } catch (IOException e) {
            socket.close();
            throw new IOException(operation + "connect: " + e.getMessage().toLowerCase(java.util.Locale.ROOT), e);
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
