package dev.fairway.kube.metrics;

import dev.fairway.kube.KubernetesVersion;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/** {@code kubernetes_build_info}: the {@link KubernetesVersion} as a metric. */
public final class BuildInfo {
    private BuildInfo() {}

    /** Adds it to what a server tells of itself. */
    public static void register(PrometheusRegistry registry) {
        ObjectNode version = KubernetesVersion.toJson();
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
}
