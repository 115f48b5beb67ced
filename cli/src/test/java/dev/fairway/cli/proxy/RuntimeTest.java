package dev.fairway.cli.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.netlink.netns.NetworkNamespace;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folder that goes into the image: a trimmed JDK that is enough for the proxy, and the right iptables. */
class RuntimeTest {
    private static final Path IMAGE = Path.of("../deploy/image").toAbsolutePath().normalize();

    @TempDir
    private Path folder;

    private static String run(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), output);
        assertEquals(0, process.exitValue(), output);
        return output;
    }

    /** The jars of this build, those of modules that are only compiled so far made on the spot. */
    private Path libraries() throws IOException {
        Path libraries = Files.createDirectory(folder.resolve("libraries"));
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path path = Path.of(entry);
            if (entry.endsWith(".jar")) {
                Files.copy(path, libraries.resolve(path.getFileName()));
            } else if (path.endsWith(Path.of("target", "classes"))) {
                String module = path.getParent().getParent().getFileName().toString();
                jar(path, libraries.resolve("fairway-" + module + "-0.jar"));
            }
        }
        return libraries;
    }

    private static void jar(Path classes, Path jar) throws IOException {
        try (OutputStream file = Files.newOutputStream(jar); JarOutputStream out = new JarOutputStream(file);
                Stream<Path> files = Files.walk(classes)) {
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new JarEntry(classes.relativize(each).toString()));
                Files.copy(each, out);
            }
        }
    }

    @Test
    void theTrimmedJdkRunsTheProxy() throws Exception {
        Path runtime = folder.resolve("runtime");
        ProcessBuilder build = new ProcessBuilder(IMAGE.resolve("build-runtime.sh").toString(), runtime.toString(),
                libraries().toString());
        build.environment().put("JAVA_HOME", System.getProperty("java.home"));
        assertTrue(run(build).contains("Kubernetes v1.36"));

        assertTrue(Files.isRegularFile(runtime.resolve("proxy.aot")));
        Path config = folder.resolve("config.yaml");
        run(new ProcessBuilder(runtime.resolve("bin/fairway-proxy").toString(), "--proxy-mode=nftables",
                "--write-config-to=" + config));
        assertTrue(Files.readString(config).contains("\nmode: nftables\n"), Files.readString(config));
    }

    /** Where {@code iptables} is found by what runs in place of the JDK. */
    private String iptablesIn(NetworkNamespace node) throws Exception {
        Path bin = Files.createDirectories(folder.resolve("jdk/bin"));
        Path java = Files.writeString(bin.resolve("java"), "#!/bin/sh\ncommand -v iptables\n");
        assertTrue(java.toFile().setExecutable(true));
        Files.createDirectories(folder.resolve("legacy"));
        Files.deleteIfExists(folder.resolve("legacy/iptables"));
        Files.createSymbolicLink(folder.resolve("legacy/iptables"), Path.of("/usr/sbin/xtables-legacy-multi"));
        Path launcher = Files.createDirectories(folder.resolve("bin")).resolve("fairway-proxy");
        Files.write(launcher, Files.readAllBytes(IMAGE.resolve("fairway-proxy")));
        ProcessBuilder start = node.processBuilder(List.of("sh", launcher.toString()));
        start.environment().merge("PATH", "/usr/sbin:/sbin", (path, more) -> path + ":" + more);
        return run(start).strip();
    }

    private static void run(NetworkNamespace node, String... command) throws Exception {
        List<String> words = new ArrayList<>(List.of(command));
        words.set(0, "/usr/sbin/" + command[0]);
        run(node.processBuilder(words));
    }

    @Test
    void followsTheMechanismOfTheNodesOtherRules() throws Exception {
        String legacy = folder.resolve("legacy/iptables").toString();
        NetworkNamespace node = NetworkNamespace.create("fwrt-" + ProcessHandle.current().pid());
        try {
            String standard = iptablesIn(node);
            assertTrue(!standard.isEmpty() && !standard.equals(legacy), standard);

            run(node, "iptables-legacy", "-t", "mangle", "-N", "KUBE-KUBELET-CANARY");
            assertEquals(legacy, iptablesIn(node));

            run(node, "iptables-nft", "-t", "mangle", "-N", "KUBE-IPTABLES-HINT");
            assertEquals(standard, iptablesIn(node));
        } finally {
            node.delete();
        }
    }
}
