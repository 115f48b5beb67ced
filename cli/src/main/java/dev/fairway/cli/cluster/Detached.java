package dev.fairway.cli.cluster;

import dev.fairway.cli.Fairway;
import dev.fairway.cli.UserError;
import dev.fairway.cluster.ClusterDirectory;
import dev.fairway.cluster.RunState;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Starts {@code fairway up} as a process of its own session, and follows it until it is ready or has ended. */
final class Detached {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private Detached() {}

    static int start(ClusterDirectory directory, List<String> flags) throws IOException, InterruptedException {
        boolean made = !directory.exists();
        directory.create();
        // A killed cluster leaves its own behind, which must not be taken for this one's.
        directory.forgetRun();
        Path log = directory.log();
        Files.deleteIfExists(log);
        List<String> command = new ArrayList<>();
        command.add("setsid");
        command.addAll(ownCommand());
        command.add("up");
        command.addAll(flags);
        Process process = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try (RandomAccessFile output = new RandomAccessFile(log.toFile(), "r")) {
            while (System.nanoTime() < deadline) {
                boolean ended = process.waitFor(Duration.ofMillis(20));
                relay(output);
                Optional<RunState> state = directory.read();
                if (state.isPresent()) {
                    relay(output);
                    return 0;
                }
                if (ended) {
                    // What it printed says why. What an earlier run has kept stays.
                    if (made) {
                        directory.delete();
                    }
                    return process.exitValue() == 0 ? 1 : process.exitValue();
                }
            }
        }
        process.destroy();
        throw new UserError("the cluster was not ready within " + PATIENCE.toSeconds() + " s; its log is " + log);
    }

    /** This process's own command line, up to and with the main class. */
    private static List<String> ownCommand() throws IOException {
        String[] words = Files.readString(Path.of("/proc/self/cmdline"), StandardCharsets.UTF_8).split("\0");
        List<String> own = new ArrayList<>();
        own.add(ProcessHandle.current().info().command().orElse(words[0]));
        for (int i = 1; i < words.length; i++) {
            own.add(words[i]);
            if (words[i].equals(Fairway.class.getName())) {
                return own;
            }
        }
        throw new IOException("this process was not started as " + Fairway.class.getName());
    }

    private static void relay(RandomAccessFile output) throws IOException {
        byte[] bytes = new byte[(int) (output.length() - output.getFilePointer())];
        output.readFully(bytes);
        System.err.write(bytes);
        System.err.flush();
    }
}
