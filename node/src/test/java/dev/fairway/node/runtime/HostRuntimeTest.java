package dev.fairway.node.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.node.network.PodNetwork;
import dev.fairway.testkit.TestNamespaces;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class HostRuntimeTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    @RegisterExtension
    final TestNamespaces namespaces = new TestNamespaces("fwn");

    private final HostRuntime runtime = new HostRuntime();
    private NetworkNamespace pod;

    @BeforeEach
    void create() throws IOException {
        pod = namespaces.create("pod");
    }

    @AfterEach
    void close() {
        runtime.close();
    }

    private record Started(RunningContainer container, CompletableFuture<ContainerExit> exit) {
        ContainerExit awaitExit() throws Exception {
            return exit.get(SOON.toSeconds(), TimeUnit.SECONDS);
        }

        List<String> awaitLines(int count) throws InterruptedException {
            for (long next = 0; next < count; next = container.log().from(0).size()) {
                container.log().await(next);
            }
            return container.log().from(0).stream().map(ContainerLog.Line::text).toList();
        }
    }

    private ContainerSpec spec(Map<String, String> environment, String directory, String... command) {
        return new ContainerSpec("default", "web-1", "web", HostRuntime.IMAGE, List.of(command), environment, directory,
                List.of(), new PodNetwork(pod, InetAddress.getLoopbackAddress()));
    }

    private Started start(ContainerSpec spec) throws IOException {
        CompletableFuture<ContainerExit> exit = new CompletableFuture<>();
        return new Started(runtime.start(spec, exit::complete), exit);
    }

    private Started start(String... command) throws IOException {
        return start(spec(Map.of(), "", command));
    }

    @Test
    void theCommandRunsInThePodsNetworkWithItsEnvironmentAndDirectory() throws Exception {
        Started started = start(spec(Map.of("GREETING", "hello; $(reboot)"), "/usr", "sh", "-c",
                "readlink /proc/self/ns/net; echo \"$GREETING\"; pwd; echo $HOSTNAME; echo err >&2"));
        assertEquals(0, started.awaitExit().code());
        String namespace = "net:[" + java.nio.file.Files.getAttribute(pod.path(), "unix:ino") + "]";
        assertEquals(List.of(namespace, "hello; $(reboot)", "/usr", "web-1", "err"), started.awaitLines(5));
    }

    @Test
    void nothingOfFairwaysOwnEnvironmentIsPassedOn() throws Exception {
        Started started = start(spec(Map.of("A", "b"), "", "env"));
        started.awaitExit();
        List<String> names = started.container().log().from(0).stream().map(line -> line.text().replaceFirst("=.*", "")).sorted().toList();
        assertEquals(List.of("A", "FAIRWAY_CONTAINER", "HOSTNAME", "PATH"), names);
    }

    @Test
    void exitCodesArePassedOnAndSignalsCountFrom128() throws Exception {
        assertEquals(3, start("sh", "-c", "exit 3").awaitExit().code());
        assertEquals(137, start("sh", "-c", "kill -9 $$").awaitExit().code());
    }

    @Test
    void stoppingAsksFirst() throws Exception {
        Started polite = start("sh", "-c", "trap 'echo bye; exit 5' TERM; echo up; while :; do sleep 0.05; done");
        polite.awaitLines(1);
        polite.container().stop(SOON);
        assertEquals(5, polite.awaitExit().code());
        assertEquals(List.of("up", "bye"), polite.awaitLines(2));
    }

    @Test
    void whoDoesNotListenIsKilledWithAllItStarted() throws Exception {
        Started deaf = start("sh", "-c", "trap '' TERM; sleep 1000 & echo $!; sh -c 'sleep 1001 & echo $!' ; while :; do sleep 0.05; done");
        List<String> children = deaf.awaitLines(2);
        deaf.container().stop(Duration.ofMillis(200));
        assertEquals(137, deaf.awaitExit().code());
        for (String child : children) {
            awaitDeath(Long.parseLong(child));
        }
    }

    @Test
    void whatTheMainProcessLeavesBehindEndsWithIt() throws Exception {
        Started started = start("sh", "-c", "sleep 1000 & echo $!");
        long child = Long.parseLong(started.awaitLines(1).getFirst());
        assertEquals(0, started.awaitExit().code());
        awaitDeath(child);
    }

    private static void awaitDeath(long pid) throws Exception {
        ProcessHandle handle = ProcessHandle.of(pid).orElse(null);
        if (handle != null) {
            handle.onExit().get(SOON.toSeconds(), TimeUnit.SECONDS);
        }
    }

    @Test
    void commandsRunBesideItAndAreCutOffInTime() throws Exception {
        Started started = start("sleep", "1000");
        ExecResult result = started.container().exec(List.of("sh", "-c", "echo out; echo err >&2; exit 4"), SOON);
        assertEquals(new ExecResult(4, "out\nerr\n"), result);
        IOException late = assertThrows(IOException.class,
                () -> started.container().exec(List.of("sleep", "1000"), Duration.ofSeconds(1)));
        assertEquals("command timed out: \"sleep 1000\" timed out after 1s", late.getMessage());
    }

    @Test
    void whatCannotBeStartedSaysWhy() {
        assertEquals("exec: \"no-such-program\": executable file not found in $PATH",
                assertThrows(IOException.class, () -> start("no-such-program")).getMessage());
        assertEquals("exec: \"/no/such\": stat /no/such: no such file or directory",
                assertThrows(IOException.class, () -> start("/no/such")).getMessage());
        assertTrue(assertThrows(IOException.class, () -> start()).getMessage().contains("needs a command"));
        assertTrue(assertThrows(IOException.class, () -> start(spec(Map.of(), "/no/such", "true"))).getMessage().contains("workingDir"));
    }

    @Test
    void itsOwnPathCountsForTheCommandAlone() throws Exception {
        Path scripts = java.nio.file.Files.createTempDirectory("fwn");
        Path script = scripts.resolve("greet");
        java.nio.file.Files.writeString(script, "#!/bin/sh\necho found\n");
        assertTrue(script.toFile().setExecutable(true));
        Started started = start(spec(Map.of("PATH", scripts.toString()), "", "greet"));
        assertEquals(0, started.awaitExit().code());
        assertEquals(List.of("found"), started.awaitLines(1));
        java.nio.file.Files.delete(script);
        java.nio.file.Files.delete(scripts);
    }

    @Test
    void whoLeftTheSessionEndsWithItToo() throws Exception {
        Started started = start("sh", "-c", "setsid sleep 1000 & echo $!; exec sleep 0.1");
        long child = Long.parseLong(started.awaitLines(1).getFirst());
        assertEquals(0, started.awaitExit().code());
        awaitDeath(child);
        assertFalse(started.container().log().from(0).isEmpty());
    }
}
