package dev.fairway.cli.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Stock kubectl, run as a user would. */
final class Kubectl {
    /** What a run printed, both streams together, and how it ended. */
    record Result(int exit, String output) {}

    private final Path kubeconfig;
    private final Path home;
    private final Walk walk;

    Kubectl(Path kubeconfig, Path home, Walk walk) {
        this.kubeconfig = kubeconfig;
        this.home = home;
        this.walk = walk;
    }

    /** Runs kubectl, showing the command and what it printed, and observes that it succeeded. */
    String show(String... arguments) throws IOException, InterruptedException {
        walk.show("$ kubectl " + String.join(" ", arguments));
        Result result = run(arguments);
        walk.show(result.output());
        if (result.exit() != 0) {
            walk.observe(false, "kubectl ended with " + result.exit());
        }
        return result.output();
    }

    /** Runs kubectl silently. */
    Result run(String... arguments) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("kubectl"));
        words.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(words).directory(home.toFile()).redirectErrorStream(true);
        builder.environment().put("KUBECONFIG", kubeconfig.toString());
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }

    /** One value by JSONPath; empty when there is none. */
    String value(String jsonPath, String... arguments) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(arguments));
        words.addAll(List.of("-o", "jsonpath=" + jsonPath));
        Result result = run(words.toArray(String[]::new));
        return result.exit() == 0 ? result.output() : "";
    }
}
