package dev.fairway.netlink.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.netlink.Scratch;
import dev.fairway.netlink.rtnetlink.Rtnetlink;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class NetworkNamespaceTest {

    @Test
    void isSeenByIpNetnsAndNsenter() throws Exception {
        try (var scratch = new Scratch()) {
            var namespace = scratch.namespace();
            assertTrue(NetworkNamespace.list().contains(namespace.name()));
            var own = new ProcessBuilder("ip", "netns", "list").start();
            assertTrue(new String(own.getInputStream().readAllBytes()).contains(namespace.name()));
            assertTrue(Scratch.run(namespace, "ip", "-o", "link").startsWith("1: lo:"));
            assertEquals(namespace, NetworkNamespace.open(namespace.name()));
            namespace.delete();
            assertFalse(NetworkNamespace.list().contains(namespace.name()));
            assertThrows(NoSuchFileException.class, namespace::delete);
            assertThrows(NoSuchFileException.class, () -> NetworkNamespace.open(namespace.name()));
        }
    }

    @Test
    void namesAreChecked() throws Exception {
        for (var bad : new String[] {"", "..", "a/b", "-x", "a b"}) {
            assertThrows(IllegalArgumentException.class, () -> NetworkNamespace.create(bad), bad);
        }
        try (var scratch = new Scratch()) {
            var name = scratch.namespace().name();
            assertThrows(FileAlreadyExistsException.class, () -> NetworkNamespace.create(name));
        }
    }

    @Test
    void aCarrierThatACallsEndBringsIntoBeingIsNotInTheNamespace() throws Exception {
        try (var scratch = new Scratch()) {
            var process = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(),
                    "--enable-native-access=ALL-UNNAMED", "-Djdk.virtualThreadScheduler.parallelism=2",
                    "-cp", System.getProperty("java.class.path"), NewCarrier.class.getName(), scratch.namespace().name()).start();
            assertEquals("0", new String(process.getInputStream().readAllBytes()).strip());
            assertEquals(0, process.waitFor());
        }
    }

    @Test
    void callLeavesTheCallerWhereItIs() throws Exception {
        try (var scratch = new Scratch()) {
            var namespace = scratch.namespace();
            var before = Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net"));
            var inside = namespace.call(() -> Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net")));
            assertFalse(before.equals(inside));
            assertEquals(before, Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net")));
        }
    }

    @Test
    void callPassesExceptionsOn() throws Exception {
        try (var scratch = new Scratch()) {
            var namespace = scratch.namespace();
            assertThrows(IOException.class, () -> namespace.call(() -> {
                throw new IOException("from inside");
            }));
            assertThrows(IllegalStateException.class, () -> namespace.call(() -> {
                throw new IllegalStateException("from inside");
            }));
        }
    }

    @Test
    void channelsStayInTheirNamespace() throws Exception {
        try (var scratch = new Scratch()) {
            var namespace = scratch.namespace();
            try (var rtnetlink = Rtnetlink.open(namespace)) {
                rtnetlink.setUp("lo");
            }
            try (var server = namespace.call(() -> ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 8080)));
                    var client = namespace.call(() -> SocketChannel.open(new InetSocketAddress("127.0.0.1", 8080)));
                    var accepted = server.accept()) {
                accepted.write(ByteBuffer.wrap("hello".getBytes()));
                var answer = ByteBuffer.allocate(5);
                while (answer.hasRemaining() && client.read(answer) >= 0) {
                    continue;
                }
                assertEquals("hello", new String(answer.array()));
            }
            assertTrue(Scratch.run(namespace, "ss", "-Htan").contains("127.0.0.1]:8080"));
        }
    }

    @Test
    void sysctlsAreTheNamespacesOwn() throws Exception {
        try (var scratch = new Scratch()) {
            var one = scratch.namespace();
            var other = scratch.namespace();
            one.sysctl("net/ipv4/ip_forward", "1");
            assertEquals("1", one.sysctl("net/ipv4/ip_forward"));
            one.sysctl("net/ipv4/ip_default_ttl", "123");
            assertEquals("123", one.sysctl("net/ipv4/ip_default_ttl"));
            other.sysctl("net/ipv4/ip_forward", "0");
            assertEquals("1", one.sysctl("net/ipv4/ip_forward"));
            assertEquals("0", other.sysctl("net/ipv4/ip_forward"));
            assertThrows(IllegalArgumentException.class, () -> one.sysctl("../../etc/passwd", "1"));
            assertThrows(NoSuchFileException.class, () -> one.sysctl("net/ipv4/no_such_thing"));
        }
    }
}
