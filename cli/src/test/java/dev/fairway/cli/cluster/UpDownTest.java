package dev.fairway.cli.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.cli.cluster.FairwayProcess.Run;
import dev.fairway.kube.Json;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ClientConfig;
import dev.fairway.kube.client.HttpTransport;
import dev.fairway.netlink.netns.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** The life of a cluster as its user sees it: real processes, their exit codes, words and leftovers. */
final class UpDownTest {
    @TempDir
    Path state;

    private final String name = "ud" + ProcessHandle.current().pid() % 100_000;

    @AfterEach
    void down() throws Exception {
        run("down");
    }

    @Test
    void upAnswersUntilDownAndLeavesNothing() throws Exception {
        Run up = run("up", "--detach", "--port", "0", "--no-publish-node-ports");
        assertEquals(0, up.exit(), up.output());
        Run again = run("up", "--detach", "--port", "0");
        assertEquals(1, again.exit());
        assertTrue(again.output().contains("is already up at https://127.0.0.1:"), again.output());

        Run status = run("status", "-o", "json");
        assertEquals(0, status.exit(), status.output());
        ObjectNode json = Json.parseObject(status.output());
        assertTrue(json.path("ready").asBoolean(false), status.output());
        assertEquals("node-1", json.at("/nodes/0/name").asString(""));
        assertTrue(run("kubeconfig").output().contains("client-certificate-data"));
        assertEquals("rw-------", java.nio.file.attribute.PosixFilePermissions.toString(
                Files.getPosixFilePermissions(Path.of(run("kubeconfig", "--path").output().strip()))));

        Run rules = run("node", "exec", "--", "iptables-save", "-t", "nat");
        assertEquals(0, rules.exit(), rules.output());
        assertTrue(rules.output().contains("KUBE-SERVICES"), rules.output());
        assertEquals(7, run("node", "exec", "node-1", "--", "sh", "-c", "exit 7").exit());
        Run noNode = run("node", "exec", "node-9", "--", "true");
        assertEquals(1, noNode.exit());
        assertTrue(noNode.output().contains("there is no node \"node-9\"; there are node-1"), noNode.output());
        assertEquals("node-1 -- a\n", run("node", "exec", "--", "echo", "node-1", "--", "a").output());
        assertEquals(2, run("node", "exec", "node-1", "--").exit());
        assertEquals(2, run("node", "exec", "node-1", "node-1", "--", "true").exit());
        assertEquals(127, run("node", "exec", "--", "no-such-command").exit());

        Run elsewhere = new FairwayProcess(name, state.resolve("elsewhere")).run("up", "--detach", "--port", "0");
        assertEquals(1, elsewhere.exit());
        assertTrue(elsewhere.output().contains("is running on this machine, with another state directory"), elsewhere.output());
        assertEquals(1, new FairwayProcess(name, state.resolve("elsewhere")).run("down").exit());
        assertEquals(0, run("status").exit(), "the running one is as it was");

        assertEquals(0, run("down").exit());
        assertNothingLeft();
        Run twice = run("down");
        assertEquals(0, twice.exit());
        assertTrue(twice.output().contains("nothing to do"), twice.output());
        assertEquals(1, run("status").exit());
    }

    @Test
    void downRemovesWhatAKilledClusterLeft() throws Exception {
        assertEquals(0, run("up", "--detach", "--port", "0").exit());
        long pid = Json.parseObject(run("status", "-o", "json").output()).path("pid").asLong();
        ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
        process.destroyForcibly();
        process.onExit().get(10, TimeUnit.SECONDS);
        Run status = run("status");
        assertEquals(1, status.exit());
        assertTrue(status.output().contains("left namespaces behind"), status.output());
        Run down = run("down");
        assertEquals(0, down.exit());
        assertTrue(down.output().contains("removed what it had left behind"), down.output());
        assertNothingLeft();
    }

    @Test
    void aKilledClusterCanBeStartedAgainAtOnceAndHasItsObjects() throws Exception {
        assertEquals(0, run("up", "--detach", "--port", "0").exit());
        String uid = namespaceUid();
        ProcessHandle process = ProcessHandle.of(Json.parseObject(run("status", "-o", "json").output()).path("pid").asLong()).orElseThrow();
        process.destroyForcibly();
        process.onExit().get(10, TimeUnit.SECONDS);
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            for (String detach : List.of("--detach", "--publish-node-ports")) {
                assertEquals(1, run("up", detach, "--port", Integer.toString(taken.getLocalPort())).exit());
            }
        }
        Run up = run("up", "--detach", "--port", "0");
        assertEquals(0, up.exit(), up.output());
        assertEquals(uid, namespaceUid());
    }

    @Test
    void downTouchesNothingThatIsNoCluster() throws Exception {
        Path precious = Files.createDirectory(state.resolve("precious"));
        Files.writeString(precious.resolve("file"), "of somebody");
        for (String other : List.of("precious", "..", "")) {
            Run down = new FairwayProcess(other, state).run("down");
            assertEquals(1, down.exit(), down.output());
        }
        assertTrue(Files.exists(precious.resolve("file")));
    }

    /** Who started it need not have asked yet how it ended, which leaves a zombie. */
    @Test
    void downDoesNotWaitForWhoeverStartedUp() throws Exception {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "\"$@\" & exec sleep 300", "sh"));
        command.addAll(new FairwayProcess(name, state).command(List.of(), "up", "--port", "0", "--nodes", "0"));
        Process starter = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        try {
            while (run("status").exit() != 0) {
                assertTrue(starter.isAlive());
            }
            Run down = run("down");
            assertEquals(0, down.exit());
            assertTrue(down.output().contains("is down"), down.output());
            assertFalse(down.output().contains("killing it"), down.output());
        } finally {
            starter.destroyForcibly();
        }
        assertNothingLeft();
    }

    @Test
    void keptDataIsThereAgain() throws Exception {
        assertEquals(0, run("up", "--detach", "--port", "0", "--nodes", "0").exit());
        String before = run("kubeconfig").output().replaceAll("server: .*", "");
        assertEquals(0, run("down", "--keep-data").exit());
        assertEquals(0, run("up", "--detach", "--port", "0", "--nodes", "0").exit());
        assertEquals(before, run("kubeconfig").output().replaceAll("server: .*", ""));
    }

    @Test
    void aBackupOfARunningClusterBringsItsObjectsBack() throws Exception {
        Path file = state.resolve("objects.backup");
        assertEquals(0, run("up", "--detach", "--port", "0", "--nodes", "0").exit());
        Run saved = run("backup", file.toString());
        assertEquals(0, saved.exit(), saved.output());
        assertEquals("rw-------", java.nio.file.attribute.PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        Run twice = run("backup", file.toString());
        assertEquals(1, twice.exit());
        assertTrue(twice.output().contains("exists"), twice.output());
        Run up = run("restore", file.toString());
        assertEquals(1, up.exit());
        assertTrue(up.output().contains("is up; stop it first"), up.output());
        String uid = namespaceUid();
        assertEquals(0, run("down").exit());

        byte[] whole = Files.readAllBytes(file);
        Path half = Files.write(state.resolve("half.backup"), java.util.Arrays.copyOf(whole, whole.length / 2));
        Run damaged = run("restore", half.toString());
        assertEquals(1, damaged.exit());
        assertTrue(damaged.output().contains("cut off"), damaged.output());
        assertFalse(Files.exists(state.resolve(name)), "nothing of a damaged backup is taken");

        assertEquals(0, run("restore", file.toString()).exit());
        assertEquals(1, run("restore", file.toString()).exit(), "there are objects now");
        assertEquals(0, run("up", "--detach", "--port", "0", "--nodes", "0").exit());
        assertEquals(uid, namespaceUid());
    }

    private String namespaceUid() throws Exception {
        Path kubeconfig = Path.of(run("kubeconfig", "--path").output().strip());
        try (HttpTransport transport = new HttpTransport(ClientConfig.fromKubeconfig(kubeconfig))) {
            return new ApiClient(transport).get(ResourceType.NAMESPACES, "", "default").uid();
        }
    }

    @Test
    void aPortInUseIsNamedAndNothingIsLeft() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Run up = run("up", "--detach", "--port", Integer.toString(taken.getLocalPort()));
            assertEquals(1, up.exit(), up.output());
            assertTrue(up.output().contains("port " + taken.getLocalPort() + " on 127.0.0.1 is in use"), up.output());
            assertNothingLeft();
            assertEquals(1, run("up", "--port", Integer.toString(taken.getLocalPort())).exit());
            assertNothingLeft();
        }
    }

    @Test
    void whatIsMissingIsNamed() throws Exception {
        Run notRoot = run(List.of("-Duser.name=nobody"), Map.of(), "up");
        assertEquals(1, notRoot.exit());
        assertTrue(notRoot.output().contains("needs root"), notRoot.output());
        Run noTool = run(List.of(), Map.of("PATH", "/nonexistent"), "up");
        assertEquals(1, noTool.exit());
        assertTrue(noTool.output().contains("\"iptables-restore\" is not on the PATH; Debian's package iptables"), noTool.output());
        Run badNodes = run("up", "--nodes", "99");
        assertTrue(badNodes.exit() != 0 && badNodes.output().contains("nodes: 99"), badNodes.output());
        Run badStore = run("up", "--store", "paper");
        assertTrue(badStore.exit() != 0 && badStore.output().contains("--store"), badStore.output());
        Run badRange = run("up", "--service-cidr", "10.96.0.0");
        assertTrue(badRange.exit() != 0 && badRange.output().contains("--service-cidr"), badRange.output());
        Run takenRange = run("up", "--service-cidr", "10.0.0.0/8");
        assertTrue(takenRange.exit() != 0 && takenRange.output().contains("10.0.0.0/8 overlaps 10.44.0.0/16"), takenRange.output());
        assertNothingLeft();
    }

    private void assertNothingLeft() throws IOException {
        assertEquals(List.of(), NetworkNamespace.list().stream().filter(each -> each.startsWith("fw." + name + ".")).toList());
        assertFalse(Files.exists(state.resolve(name)));
        assertFalse(Files.exists(Path.of("/run/fw." + name + ".lock")));
    }

    private Run run(String... words) throws IOException, InterruptedException {
        return new FairwayProcess(name, state).run(words);
    }

    private Run run(List<String> jvm, Map<String, String> environment, String... words) throws IOException, InterruptedException {
        return new FairwayProcess(name, state).run(jvm, environment, words);
    }
}
