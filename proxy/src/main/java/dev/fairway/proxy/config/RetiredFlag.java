package dev.fairway.proxy.config;

/** Flags of klog that kube-proxy has had up to v1.25, and that manifests still pass; they are taken and do nothing. */
public enum RetiredFlag {
    ADD_DIR_HEADER("add-dir-header", true),
    ALSOLOGTOSTDERR("alsologtostderr", true),
    LOG_BACKTRACE_AT("log-backtrace-at", false),
    LOG_DIR("log-dir", false),
    LOG_FILE("log-file", false),
    LOG_FILE_MAX_SIZE("log-file-max-size", false),
    LOGTOSTDERR("logtostderr", true),
    ONE_OUTPUT("one-output", true),
    SKIP_HEADERS("skip-headers", true),
    SKIP_LOG_HEADERS("skip-log-headers", true),
    STDERRTHRESHOLD("stderrthreshold", false);

    private final String text;
    private final boolean bool;

    RetiredFlag(String text, boolean bool) {
        this.text = text;
        this.bool = bool;
    }

    /** As on the command line. */
    public String option() {
        return "--" + text;
    }

    /** Whether it may stand without a value. */
    public boolean isBool() {
        return bool;
    }

    /** What to log once if it is given. */
    public String warning() {
        return option() + " has no effect: Kubernetes has removed it, and the log goes to standard error";
    }
}
