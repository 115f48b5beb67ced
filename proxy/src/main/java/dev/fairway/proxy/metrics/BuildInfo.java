package dev.fairway.proxy.metrics;

import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** {@code kubernetes_build_info}: which Kubernetes release the proxy behaves as. */
final class BuildInfo {
    private BuildInfo() {}

    static void register(PrometheusRegistry registry) {
        String[] parts = ProxyMetrics.KUBERNETES_VERSION.substring(1).split("\\.");
        Gauge.builder().name("kubernetes_build_info")
                .help("A metric with a constant '1' value labeled by major, minor, git version, git commit, git tree state, "
                        + "build date, Go version, and compiler from which Kubernetes was built, and platform on which it is "
                        + "running.")
                .labelNames("build_date", "compiler", "git_commit", "git_tree_state", "git_version", "go_version", "major",
                        "minor", "platform")
                .register(registry)
                .labelValues("", "javac", "", "", ProxyMetrics.KUBERNETES_VERSION + "+fairway",
                        "java" + Runtime.version().feature(), parts[0], parts[1], "linux/" + System.getProperty("os.arch"))
                .set(1);
    }
}
