package dev.fairway.proxy.config;

import dev.fairway.proxy.model.IpAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * kube-proxy's defaults. A file's zero values are defaulted, as upstream does; flags are laid over values that were
 * defaulted before, so that a flag's zero stays.
 */
enum ConfigDefaults {
    APPLY,
    NONE;

    static final int HEALTHZ_PORT = 10256;
    static final int METRICS_PORT = 10249;
    private static final Duration SYNC_PERIOD = Duration.ofSeconds(30);
    private static final Duration MIN_SYNC_PERIOD = Duration.ofSeconds(1);
    private static final Duration CONFIG_SYNC_PERIOD = Duration.ofMinutes(15);
    private static final Duration FLUSH_FREQUENCY = Duration.ofSeconds(5);
    private static final Duration TCP_ESTABLISHED_TIMEOUT = Duration.ofDays(1);
    private static final Duration TCP_CLOSE_WAIT_TIMEOUT = Duration.ofHours(1);
    private static final int CONNTRACK_MAX_PER_CORE = 32 << 10;
    private static final int CONNTRACK_MIN = 128 << 10;
    private static final int MASQUERADE_BIT = 14;
    private static final int OOM_SCORE_ADJ = -999;
    private static final float QPS = 5;
    private static final int BURST = 10;

    private boolean apply() {
        return this == APPLY;
    }

    private Duration unlessZero(Duration given, Duration value) {
        return apply() && given.isZero() ? value : given;
    }

    private int unlessAbsent(OptionalInt given, int value) {
        return given.orElse(apply() ? value : 0);
    }

    String bindAddress(String given) {
        return apply() && given.isEmpty() ? "0.0.0.0" : given;
    }

    String healthzBindAddress(String given, String bindAddress) {
        return serverAddress(given, ipv6(bindAddress) ? "[::]" : "0.0.0.0", HEALTHZ_PORT);
    }

    String metricsBindAddress(String given, String bindAddress) {
        return serverAddress(given, ipv6(bindAddress) ? "[::1]" : "127.0.0.1", METRICS_PORT);
    }

    private String serverAddress(String given, String host, int port) {
        if (!apply()) {
            return given;
        }
        return given.isEmpty() ? host + ":" + port : withPort(given, port);
    }

    /** A bare IP gets the port; anything else is left for validation. */
    static String withPort(String address, int port) {
        return IpAddress.parse(address).map(ip -> ip.withPort(port)).orElse(address);
    }

    private static boolean ipv6(String address) {
        return IpAddress.parse(address).filter(ip -> !ip.isIpv4()).isPresent();
    }

    OptionalInt oomScoreAdj(OptionalInt given) {
        return apply() && given.isEmpty() ? OptionalInt.of(OOM_SCORE_ADJ) : given;
    }

    Duration syncPeriod(Duration given) {
        return unlessZero(given, SYNC_PERIOD);
    }

    Duration minSyncPeriod(Duration given) {
        return unlessZero(given, MIN_SYNC_PERIOD);
    }

    Duration configSyncPeriod(Duration given) {
        return unlessZero(given, CONFIG_SYNC_PERIOD);
    }

    int masqueradeBit(OptionalInt given) {
        return unlessAbsent(given, MASQUERADE_BIT);
    }

    int conntrackMaxPerCore(OptionalInt given) {
        return unlessAbsent(given, CONNTRACK_MAX_PER_CORE);
    }

    int conntrackMin(OptionalInt given) {
        return unlessAbsent(given, CONNTRACK_MIN);
    }

    Duration tcpEstablishedTimeout(Optional<Duration> given) {
        return given.orElse(apply() ? TCP_ESTABLISHED_TIMEOUT : Duration.ZERO);
    }

    Duration tcpCloseWaitTimeout(Optional<Duration> given) {
        return given.orElse(apply() ? TCP_CLOSE_WAIT_TIMEOUT : Duration.ZERO);
    }

    String contentType(String given) {
        return apply() && given.isEmpty() ? "application/vnd.kubernetes.protobuf" : given;
    }

    float qps(float given) {
        return apply() && given == 0 ? QPS : given;
    }

    int burst(int given) {
        return apply() && given == 0 ? BURST : given;
    }

    String logFormat(String given) {
        return apply() && given.isEmpty() ? "text" : given;
    }

    Duration flushFrequency(Duration given) {
        return unlessZero(given, FLUSH_FREQUENCY);
    }
}
