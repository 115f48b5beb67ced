package dev.fairway.apiserver.discovery;

import dev.fairway.kube.Json;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/** {@code /version}: the Kubernetes version whose API this server speaks. */
public final class Version {
    /** The release that Fairway follows. */
    public static final String KUBERNETES = "1.36.2";

    private Version() {
    }

    public static ObjectNode toJson() {
        return Json.object().put("major", "1").put("minor", "36")
                .put("emulationMajor", "1").put("emulationMinor", "36")
                .put("minCompatibilityMajor", "1").put("minCompatibilityMinor", "35")
                .put("gitVersion", "v" + KUBERNETES + "+fairway").put("gitCommit", "").put("gitTreeState", "clean")
                .put("buildDate", "1970-01-01T00:00:00Z").put("goVersion", "none: Java " + Runtime.version().feature())
                .put("compiler", "javac").put("platform", "linux/" + architecture());
    }

    /** {@code kubernetes_build_info}: the same as a metric. */
    public static void register(PrometheusRegistry registry) {
        ObjectNode version = toJson();
        Gauge.builder().name("kubernetes_build_info")
                .help("A metric with a constant '1' value labeled by major, minor, git version, git commit, git tree state, "
                        + "build date, Go version, and compiler from which Kubernetes was built, and platform on which it is "
                        + "running.")
                .labelNames("build_date", "compiler", "git_commit", "git_tree_state", "git_version", "go_version", "major",
                        "minor", "platform")
                .register(registry)
                .labelValues(Stream.of("buildDate", "compiler", "gitCommit", "gitTreeState", "gitVersion", "goVersion", "major",
                        "minor", "platform").map(name -> version.path(name).asString("")).toArray(String[]::new))
                .set(1);
    }

    private static String architecture() {
        String name = System.getProperty("os.arch");
        return name.equals("aarch64") ? "arm64" : name;
    }
}
