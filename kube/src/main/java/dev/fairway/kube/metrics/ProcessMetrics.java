package dev.fairway.kube.metrics;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The {@code process_*} metrics of Prometheus's clients, from {@code proc(5)}, and {@code go_goroutines}, which the
 * dashboards for Kubernetes plot: here the threads of the JVM.
 */
public final class ProcessMetrics {
    private static final System.Logger LOG = System.getLogger(ProcessMetrics.class.getName());
    private static final Path SELF = Path.of("/proc/self");

    /** {@code sysconf(_SC_CLK_TCK)} and the page size: the same on every Linux that a JDK 25 runs on with 4 KiB pages. */
    private static final double TICKS_PER_SECOND = 100;

    /** {@code RLIM_INFINITY}. */
    private static final double UNLIMITED = 0x1p64;

    /** Fields of {@code /proc/self/stat}, counted from the one after the command's name. */
    private static final int UTIME = 11;
    private static final int STIME = 12;
    private static final int START_TIME = 19;
    private static final int VSIZE = 20;

    private ProcessMetrics() {}

    /** Reads one figure of the process. */
    private interface Figure {
        double read() throws IOException;
    }

    /** Adds them to what a server tells of itself. */
    public static void register(PrometheusRegistry registry) {
        CounterWithCallback.builder().name("process_cpu_seconds_total")
                .help("Total user and system CPU time spent in seconds.")
                .callback(callback -> callback.call(read(() -> (stat(UTIME) + stat(STIME)) / TICKS_PER_SECOND)))
                .register(registry);
        gauge(registry, "process_resident_memory_bytes", "Resident memory size in bytes.", ProcessMetrics::resident);
        gauge(registry, "process_virtual_memory_bytes", "Virtual memory size in bytes.", () -> stat(VSIZE));
        gauge(registry, "process_virtual_memory_max_bytes", "Maximum amount of virtual memory available in bytes.",
                () -> limit("Max address space"));
        gauge(registry, "process_start_time_seconds", "Start time of the process since unix epoch in seconds.",
                () -> bootTime() + stat(START_TIME) / TICKS_PER_SECOND);
        gauge(registry, "process_open_fds", "Number of open file descriptors.", ProcessMetrics::openFiles);
        gauge(registry, "process_max_fds", "Maximum number of open file descriptors.", ProcessMetrics::maxFiles);
        gauge(registry, "go_goroutines", "Number of threads; the name is what dashboards ask for.", () -> {
            try (Stream<Path> tasks = Files.list(SELF.resolve("task"))) {
                return tasks.count();
            }
        });
    }

    private static void gauge(PrometheusRegistry registry, String name, String help, Figure figure) {
        GaugeWithCallback.builder().name(name).help(help)
                .callback(callback -> callback.call(read(figure))).register(registry);
    }

    private static double read(Figure figure) {
        try {
            return figure.read();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a process metric cannot be read", e);
            return Double.NaN;
        }
    }

    private static double stat(int field) throws IOException {
        String stat = Files.readString(SELF.resolve("stat"));
        // The command's name stands in parentheses and may hold blanks.
        return Double.parseDouble(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[field]);
    }

    private static double resident() throws IOException {
        return 1024 * number(SELF.resolve("status"), "VmRSS:");
    }

    private static double bootTime() throws IOException {
        return number(Path.of("/proc/stat"), "btime");
    }

    private static double openFiles() throws IOException {
        try (Stream<Path> files = Files.list(SELF.resolve("fd"))) {
            return files.count();
        }
    }

    private static double maxFiles() throws IOException {
        return limit("Max open files");
    }

    private static double limit(String name) throws IOException {
        return number(SELF.resolve("limits"), name);
    }

    private static double number(Path file, String prefix) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith(prefix))
                .map(line -> line.substring(prefix.length()).strip().split("\\s+")[0])
                .mapToDouble(word -> word.equals("unlimited") ? UNLIMITED : Double.parseDouble(word))
                .findFirst()
                .orElse(Double.NaN);
    }
}
