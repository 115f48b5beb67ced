package dev.fairway.apiserver.discovery;

import dev.fairway.kube.Json;
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

    private static String architecture() {
        String name = System.getProperty("os.arch");
        return name.equals("aarch64") ? "arm64" : name;
    }
}
