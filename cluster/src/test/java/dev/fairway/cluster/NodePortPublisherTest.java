package dev.fairway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.DeleteOptions;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Service's node ports on this machine's own 127.0.0.1. */
final class NodePortPublisherTest {
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    @Test
    void servesTcpAndUdpUntilTheServiceGoes(@TempDir Path home) throws Exception {
        ClusterConfig config = ClusterConfig.named("np" + ProcessHandle.current().pid() % 100_000, home.resolve("cluster"))
                .withApiPort(0)
                .withStore(new ClusterConfig.StoreChoice.Memory());
        try (Cluster cluster = Cluster.start(config, line -> { })) {
            cluster.client().create(ResourceType.PODS, KubeObject.parse("""
                    {"apiVersion":"v1","kind":"Pod","metadata":{"name":"echo","namespace":"default","labels":{"app":"echo"}},
                     "spec":{"containers":[{"name":"echo","image":"fairway.local/echo",
                      "ports":[{"containerPort":8080},{"containerPort":8080,"protocol":"UDP"}]}]}}"""));
            KubeObject service = cluster.client().create(ResourceType.SERVICES, KubeObject.parse("""
                    {"apiVersion":"v1","kind":"Service","metadata":{"name":"echo","namespace":"default"},
                     "spec":{"type":"NodePort","selector":{"app":"echo"},
                      "ports":[{"name":"tcp","port":8080},{"name":"udp","port":8080,"protocol":"UDP"}]}}"""));
            int port = service.at("/spec/ports/0/nodePort").asInt();
            assertEquals(port, service.at("/spec/ports/1/nodePort").asInt());
            assertEquals("echo", await(() -> overTcp(port)));
            assertEquals("echo", await(() -> overUdp(port)));
            cluster.client().delete(ResourceType.SERVICES, "default", "echo", DeleteOptions.DEFAULT);
            long deadline = System.nanoTime() + PATIENCE_NANOS;
            while (listens(port)) {
                assertTrue(System.nanoTime() < deadline, "still published");
            }
            assertThrows(ConnectException.class, () -> new Socket(HERE, port).close());
        }
    }

    private static boolean listens(int port) throws IOException {
        try (Socket socket = new Socket(HERE, port)) {
            return socket.isConnected();
        } catch (ConnectException e) {
            return false;
        }
    }

    private interface Question {
        String ask() throws IOException;
    }

    private static String await(Question question) throws IOException {
        for (long deadline = System.nanoTime() + PATIENCE_NANOS; ; ) {
            try {
                String answer = question.ask();
                if (!answer.isEmpty()) {
                    return answer.split(" ")[0];
                }
            } catch (IOException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
            }
        }
    }

    private static String overTcp(int port) throws IOException {
        try (Socket socket = new Socket(HERE, port)) {
            socket.setSoTimeout(1000);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String overUdp(int port) throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, HERE)) {
            socket.setSoTimeout(500);
            socket.send(new DatagramPacket(new byte[] {'?'}, 1, HERE, port));
            DatagramPacket answer = new DatagramPacket(new byte[500], 500);
            socket.receive(answer);
            return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8);
        }
    }
}
