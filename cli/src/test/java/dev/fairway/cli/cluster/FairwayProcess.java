package dev.fairway.cli.cluster;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The {@code fairway} command as a process of its own, on one cluster of a test. */
record FairwayProcess(String name, Path state) {
    /** How a run ended, and all that it said. */
    record Run(int exit, String output) {}

    Run run(String... words) throws IOException, InterruptedException {
        return run(List.of(), Map.of(), words);
    }

    Run run(List<String> jvm, Map<String, String> environment, String... words) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command(jvm, words)).redirectErrorStream(true);
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(90, TimeUnit.SECONDS));
        return new Run(process.exitValue(), output);
    }

    /** The whole command line of a run. */
    List<String> command(List<String> jvm, String... words) {
        List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-Xms16m", "-Xmx256m", "-XX:TieredStopAtLevel=1"));
        command.addAll(jvm);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.fairway.cli.Fairway"));
        List<String> arguments = new ArrayList<>(List.of(words));
        int options = arguments.indexOf("--");
        // After the sub-command's name and before a command's own words.
        int place = arguments.getFirst().equals("node") ? 2 : options >= 0 ? options : arguments.size();
        arguments.addAll(place, List.of("--name", name, "--state-dir", state.toString()));
        command.addAll(arguments);
        return command;
    }
}
