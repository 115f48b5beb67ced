package dev.fairway.kube;

import tools.jackson.databind.node.ObjectNode;

/** The release of Kubernetes that Fairway follows, and behaves as. */
public final class KubernetesVersion {
    /** The release. */
    public static final String RELEASE = "v1.36.2";
    /** What Fairway calls itself where Kubernetes tells its version. */
    public static final String FAIRWAY = RELEASE + "+fairway";

    private KubernetesVersion() {
    }

    /** Kubernetes' {@code version.Info}. */
    public static ObjectNode toJson() {
        return Json.object().put("major", "1").put("minor", "36")
                .put("emulationMajor", "1").put("emulationMinor", "36")
                .put("minCompatibilityMajor", "1").put("minCompatibilityMinor", "35")
                .put("gitVersion", FAIRWAY).put("gitCommit", "").put("gitTreeState", "clean")
                .put("buildDate", "1970-01-01T00:00:00Z").put("goVersion", "none: Java " + Runtime.version().feature())
                .put("compiler", "javac").put("platform", "linux/" + architecture());
    }

    private static String architecture() {
        String name = System.getProperty("os.arch");
        return name.equals("aarch64") ? "arm64" : name;
    }
}
