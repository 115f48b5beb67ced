package dev.fairway.cli.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.cli.cluster.FairwayProcess.Run;
import dev.fairway.netlink.netns.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo tells the truth: it succeeds when all is well, and names what is not. */
final class DemoTest {
    private static final Path HOME = Path.of("").toAbsolutePath().getParent();

    @TempDir
    Path state;

    private final String name = "demo" + ProcessHandle.current().pid() % 100_000;

    @AfterEach
    void down() throws Exception {
        new FairwayProcess(name, state).run("down");
    }

    @Test
    void walksTheArticleAndLeavesNothing() throws Exception {
        Run demo = demo(HOME, Map.of());
        assertEquals(0, demo.exit(), demo.output());
        assertTrue(demo.output().matches("(?s).*All \\d+ observations held\\..*"), demo.output());
        assertFalse(demo.output().contains("✗"), demo.output());
        for (String part : List.of("8080:30000/TCP", "KUBE-SVC-IUAUJYFCIUUMOL2O", "--probability 0.50000000000", "KUBE-SEP-",
                "the node to", "another Pod to", "a client outside to", "after the change")) {
            assertTrue(demo.output().contains(part), () -> part + " is not in\n" + demo.output());
        }
        assertEquals(List.of(), NetworkNamespace.list().stream().filter(each -> each.startsWith("fw." + name + ".")).toList());
        assertFalse(Files.exists(state.resolve(name)));
    }

    @Test
    void keepsTheClusterWhenAskedAndSaysHowToReachIt() throws Exception {
        Run demo = new FairwayProcess(name, state)
                .run(List.of(), Map.of("FAIRWAY_HOME", HOME.toString()), "demo", "--port", "0", "--nodes", "1", "--keep");
        assertEquals(0, demo.exit(), demo.output());
        assertTrue(demo.output().contains("kubeconfig --path --name " + name), demo.output());
        assertEquals(0, new FairwayProcess(name, state).run("status").exit());
    }

    @Test
    void threePodsAreNotTheArticlesTwo() throws Exception {
        Run demo = demo(changedExamples("replicas: 2", "replicas: 3"), Map.of());
        assertEquals(1, demo.exit(), demo.output());
        assertTrue(demo.output().contains("observations did not hold:"), demo.output());
        assertTrue(demo.output().contains("✗ step 3: describe has two Endpoints"), demo.output());
        assertFalse(Files.exists(state.resolve(name)));
    }

    @Test
    void anotherNodePortIsNotTheArticles() throws Exception {
        Run demo = demo(changedExamples("nodePort: 30000", "nodePort: 30001"), Map.of());
        assertEquals(1, demo.exit(), demo.output());
        assertTrue(demo.output().contains("✗ step 3: its PORT(S) are 8080:30000/TCP"), demo.output());
        assertTrue(demo.output().contains("✗ step 5: a client outside to"), demo.output());
        assertFalse(demo.output().contains("✗ step 5: the node to"), demo.output());
    }

    @Test
    void rulesThatAreNotThereAreMissed() throws Exception {
        Path tools = Files.createDirectory(state.resolve("tools"));
        tool(tools, "iptables-save", "exit 0");
        Run demo = demo(HOME, Map.of("PATH", tools + ":" + System.getenv("PATH")));
        assertEquals(1, demo.exit(), demo.output());
        assertTrue(demo.output().contains("✗ step 4: the Service's chain is KUBE-SVC-IUAUJYFCIUUMOL2O"), demo.output());
    }

    @Test
    void aKubectlThatFailsIsNamed() throws Exception {
        Path tools = Files.createDirectory(state.resolve("tools"));
        tool(tools, "kubectl", "echo broken; exit 3");
        Run demo = demo(HOME, Map.of("PATH", tools + ":" + System.getenv("PATH")));
        assertEquals(1, demo.exit(), demo.output());
        assertTrue(demo.output().contains("✗ step 2: kubectl ended with 3"), demo.output());
        assertFalse(Files.exists(state.resolve(name)));
    }

    private static void tool(Path directory, String name, String line) throws IOException {
        Path tool = Files.writeString(directory.resolve(name), "#!/bin/sh\n" + line + "\n");
        Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** A home whose manifests differ from the article's. */
    private Path changedExamples(String find, String replace) throws IOException {
        Path home = Files.createDirectory(state.resolve("home"));
        Files.createDirectory(home.resolve("examples"));
        boolean changed = false;
        try (var files = Files.list(HOME.resolve("examples"))) {
            for (Path file : files.toList()) {
                String text = Files.readString(file);
                changed |= text.contains(find);
                Files.writeString(home.resolve("examples").resolve(file.getFileName()), text.replace(find, replace));
            }
        }
        assertTrue(changed, find);
        return home;
    }

    private Run demo(Path home, Map<String, String> environment) throws Exception {
        Map<String, String> all = new java.util.HashMap<>(environment);
        all.put("FAIRWAY_HOME", home.toString());
        return new FairwayProcess(name, state).run(List.of(), all, "demo", "--port", "0", "--nodes", "2");
    }
}
