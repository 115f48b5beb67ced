package dev.fairway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.fairway.kube.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.node.ObjectNode;

/** A real kubectl, run as a user runs it. */
final class Kubectl {
    private static final Duration TIMEOUT = Duration.ofSeconds(120);

    /** How a run ended, and its two streams. */
    record Result(int exit, String out, String err) {
        /** Both streams, for messages. */
        @Override
        public String toString() {
            return "exit " + exit + "\n" + out + err;
        }
    }

    private final String binary;
    private final Path kubeconfig;
    private final String namespace;
    private final Path home;

    Kubectl(String binary, Path kubeconfig, String namespace, Path home) {
        this.binary = binary;
        this.kubeconfig = kubeconfig;
        this.namespace = namespace;
        this.home = home;
    }

    Kubectl in(String other) {
        return new Kubectl(binary, kubeconfig, other, home);
    }

    /** Runs a command that must succeed, and returns its standard output. */
    String ok(String... arguments) {
        Result result = run("", arguments);
        assertEquals(0, result.exit(), () -> "kubectl " + String.join(" ", arguments) + ": " + result);
        return result.out();
    }

    /** Runs a command that must succeed with a text on its standard input. */
    String okWith(String input, String... arguments) {
        Result result = run(input, arguments);
        assertEquals(0, result.exit(), () -> "kubectl " + String.join(" ", arguments) + ": " + result);
        return result.out();
    }

    /** Runs a command that must fail, and returns its standard error. */
    String fails(String input, String... arguments) {
        Result result = run(input, arguments);
        assertNotEquals(0, result.exit(), () -> "kubectl " + String.join(" ", arguments) + " should fail: " + result);
        return result.err();
    }

    ObjectNode json(String... arguments) {
        List<String> words = new ArrayList<>(List.of(arguments));
        words.addAll(List.of("-o", "json"));
        return Json.parseObject(ok(words.toArray(String[]::new)));
    }

    Process start(Map<String, String> environment, String... arguments) {
        List<String> words = new ArrayList<>(List.of(binary, "--kubeconfig", kubeconfig.toString(), "-n", namespace,
                "--cache-dir", home.resolve("cache").toString()));
        words.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().put("HOME", home.toString());
        builder.environment().putAll(environment);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Result run(String input, String... arguments) {
        return run(input, Map.of(), arguments);
    }

    Result run(String input, Map<String, String> environment, String... arguments) {
        Process process = start(environment, arguments);
        try {
            Path out = Files.createTempFile(home, "out", "");
            var reader = Thread.ofVirtual().start(() -> {
                try {
                    Files.write(out, process.getInputStream().readAllBytes());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            try (var stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            }
            String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("kubectl " + String.join(" ", arguments) + " did not end in " + TIMEOUT);
            }
            reader.join();
            String text = Files.readString(out);
            Files.delete(out);
            return new Result(process.exitValue(), text, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
