package dev.fairway.cli.bench.proxy;

import dev.fairway.cli.UserError;
import dev.fairway.cli.proxy.ProxyMain;
import dev.fairway.netlink.netns.NetworkNamespace;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The proxy under test: a JVM of its own in the node's namespace, started as this one was. */
final class ProxyProcess implements AutoCloseable {
    private static final double TICKS_PER_SECOND = 100;

    /** Fields of {@code /proc/PID/stat} after the command's name: own and awaited children's user and system time. */
    private static final int UTIME = 11;
    private static final int CSTIME = 14;

    private final Process process;
    private final Path log;

    ProxyProcess(NetworkNamespace node, Path config, Path log) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ProxyMain.class.getName(),
                "--config=" + config));
        this.log = log;
        this.process = node.processBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    }

    /** Fails, with the end of its log, when the proxy has ended. */
    void check() throws IOException {
        if (!process.isAlive()) {
            List<String> lines = Files.readAllLines(log);
            throw new UserError("the proxy ended with exit code " + process.exitValue() + ":\n"
                    + String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size())));
        }
    }

    /** CPU seconds so far, those of the tools that it ran among them. */
    double cpuSeconds() throws IOException {
        String stat = Files.readString(proc("stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        long ticks = 0;
        for (int i = UTIME; i <= CSTIME; i++) {
            ticks += Long.parseLong(fields[i]);
        }
        return ticks / TICKS_PER_SECOND;
    }

    /** {@code VmRSS} or {@code VmHWM}, in MiB. */
    double memory(String field) throws IOException {
        return Files.readAllLines(proc("status")).stream().filter(line -> line.startsWith(field + ":"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024).findFirst()
                .orElseThrow(() -> new IOException("no " + field + " of the proxy"));
    }

    private Path proc(String file) {
        return Path.of("/proc", Long.toString(process.pid()), file);
    }

    /** Ends the proxy as {@code kill -9} does: it has no chance to do anything more. */
    void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
