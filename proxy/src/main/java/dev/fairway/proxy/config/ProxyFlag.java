package dev.fairway.proxy.config;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** kube-proxy's flags: which fields each sets, and what kind of value it takes. */
public enum ProxyFlag {
    BIND_ADDRESS("bind-address", Kind.IP, "The node's primary IP, if it is not that of its Node object", "/bindAddress"),
    BIND_ADDRESS_HARD_FAIL("bind-address-hard-fail", Kind.BOOL, "End if a server cannot listen", "/bindAddressHardFail"),
    CLEANUP("cleanup", Kind.BOOL, "Remove all rules of every mode and exit"),
    CLUSTER_CIDR("cluster-cidr", Kind.STRING, "The addresses of the cluster's Pods, one CIDR block per family",
            "/clusterCIDR"),
    CONFIG("config", Kind.STRING, "The configuration file; most other flags are ignored with it"),
    CONFIG_SYNC_PERIOD("config-sync-period", Kind.DURATION, "No effect: watches need no refresh", "/configSyncPeriod"),
    CONNTRACK_MAX_PER_CORE("conntrack-max-per-core", Kind.INT,
            "Connections to track per CPU core; 0 leaves the limit alone", "/conntrack/maxPerCore"),
    CONNTRACK_MIN("conntrack-min", Kind.INT, "Connections to track at least", "/conntrack/min"),
    CONNTRACK_TCP_BE_LIBERAL("conntrack-tcp-be-liberal", Kind.BOOL,
            "Accept TCP packets outside the window", "/conntrack/tcpBeLiberal"),
    CONNTRACK_TCP_TIMEOUT_CLOSE_WAIT("conntrack-tcp-timeout-close-wait", Kind.DURATION,
            "Timeout of TCP connections in CLOSE_WAIT; 0 leaves it alone", "/conntrack/tcpCloseWaitTimeout"),
    CONNTRACK_TCP_TIMEOUT_ESTABLISHED("conntrack-tcp-timeout-established", Kind.DURATION,
            "Timeout of idle TCP connections; 0 leaves it alone", "/conntrack/tcpEstablishedTimeout"),
    CONNTRACK_UDP_TIMEOUT("conntrack-udp-timeout", Kind.DURATION,
            "Timeout of UDP flows without an answer; 0 leaves it alone", "/conntrack/udpTimeout"),
    CONNTRACK_UDP_TIMEOUT_STREAM("conntrack-udp-timeout-stream", Kind.DURATION,
            "Timeout of UDP flows with answers; 0 leaves it alone", "/conntrack/udpStreamTimeout"),
    DETECT_LOCAL_MODE("detect-local-mode", Kind.STRING,
            "How to tell the node's own Pods: ClusterCIDR, NodeCIDR, BridgeInterface, InterfaceNamePrefix",
            "/detectLocalMode"),
    FEATURE_GATES("feature-gates", Kind.GATES, "Pairs of name=true or name=false", "/featureGates"),
    HEALTHZ_BIND_ADDRESS("healthz-bind-address", Kind.IP_PORT, "Where /healthz and /livez are served; empty for nowhere",
            "/healthzBindAddress"),
    HEALTHZ_PORT("healthz-port", Kind.INT, "Deprecated; 0 ends the health server, as --healthz-bind-address= does"),
    HOSTNAME_OVERRIDE("hostname-override", Kind.STRING, "The name of the Node; else the host's name", "/hostnameOverride"),
    INIT_ONLY("init-only", Kind.BOOL, "Do what needs full privileges, and exit"),
    IPTABLES_LOCALHOST_NODEPORTS("iptables-localhost-nodeports", Kind.BOOL,
            "Serve node ports on 127.0.0.1 in mode iptables", "/iptables/localhostNodePorts"),
    IPTABLES_MASQUERADE_BIT("iptables-masquerade-bit", Kind.INT, "The bit of the packet mark that asks for masquerading",
            "/iptables/masqueradeBit"),
    IPTABLES_MIN_SYNC_PERIOD("iptables-min-sync-period", Kind.DURATION, "The least time between two syncs",
            "/iptables/minSyncPeriod", "/nftables/minSyncPeriod"),
    IPTABLES_SYNC_PERIOD("iptables-sync-period", Kind.DURATION, "How often everything is compared with the kernel",
            "/iptables/syncPeriod", "/nftables/syncPeriod"),
    IPVS_EXCLUDE_CIDRS("ipvs-exclude-cidrs", Kind.STRINGS, "No effect: there is no mode ipvs", "/ipvs/excludeCIDRs"),
    IPVS_MIN_SYNC_PERIOD("ipvs-min-sync-period", Kind.DURATION, "No effect: there is no mode ipvs", "/ipvs/minSyncPeriod"),
    IPVS_SCHEDULER("ipvs-scheduler", Kind.STRING, "No effect: there is no mode ipvs", "/ipvs/scheduler"),
    IPVS_STRICT_ARP("ipvs-strict-arp", Kind.BOOL, "No effect: there is no mode ipvs", "/ipvs/strictARP"),
    IPVS_SYNC_PERIOD("ipvs-sync-period", Kind.DURATION, "No effect: there is no mode ipvs", "/ipvs/syncPeriod"),
    IPVS_TCP_TIMEOUT("ipvs-tcp-timeout", Kind.DURATION, "No effect: there is no mode ipvs", "/ipvs/tcpTimeout"),
    IPVS_TCPFIN_TIMEOUT("ipvs-tcpfin-timeout", Kind.DURATION, "No effect: there is no mode ipvs", "/ipvs/tcpFinTimeout"),
    IPVS_UDP_TIMEOUT("ipvs-udp-timeout", Kind.DURATION, "No effect: there is no mode ipvs", "/ipvs/udpTimeout"),
    KUBE_API_BURST("kube-api-burst", Kind.INT, "API requests that may go at once", "/clientConnection/burst"),
    KUBE_API_CONTENT_TYPE("kube-api-content-type", Kind.STRING, "No effect: the API is always read as JSON",
            "/clientConnection/contentType"),
    KUBE_API_QPS("kube-api-qps", Kind.FLOAT, "API requests per second in the long run", "/clientConnection/qps"),
    KUBECONFIG("kubeconfig", Kind.STRING, "The kubeconfig file; else what a Pod is given", "/clientConnection/kubeconfig"),
    LOG_FLUSH_FREQUENCY("log-flush-frequency", Kind.DURATION, "No effect: log lines are written at once",
            "/logging/flushFrequency"),
    LOG_JSON_INFO_BUFFER_SIZE("log-json-info-buffer-size", Kind.STRING, "No effect: log lines are written at once"),
    LOG_JSON_SPLIT_STREAM("log-json-split-stream", Kind.BOOL, "No effect: log lines are written at once"),
    LOG_TEXT_INFO_BUFFER_SIZE("log-text-info-buffer-size", Kind.STRING, "No effect: log lines are written at once"),
    LOG_TEXT_SPLIT_STREAM("log-text-split-stream", Kind.BOOL, "No effect: log lines are written at once"),
    LOGGING_FORMAT("logging-format", Kind.STRING, "text or json", "/logging/format"),
    MASQUERADE_ALL("masquerade-all", Kind.BOOL, "Masquerade all traffic to cluster IPs",
            "/iptables/masqueradeAll", "/nftables/masqueradeAll"),
    MASTER("master", Kind.STRING, "The API server's URL, in place of the kubeconfig's"),
    METRICS_BIND_ADDRESS("metrics-bind-address", Kind.IP_PORT, "Where /metrics is served; empty for nowhere",
            "/metricsBindAddress"),
    METRICS_PORT("metrics-port", Kind.INT, "Deprecated; 0 ends the metrics server, as --metrics-bind-address= does"),
    NODEPORT_ADDRESSES("nodeport-addresses", Kind.STRINGS,
            "Where node ports listen: CIDR blocks, or primary; empty for everywhere", "/nodePortAddresses"),
    OOM_SCORE_ADJ("oom-score-adj", Kind.INT, "The process's oom_score_adj, -1000 to 1000", "/oomScoreAdj"),
    POD_BRIDGE_INTERFACE("pod-bridge-interface", Kind.STRING, "The bridge of mode BridgeInterface",
            "/detectLocal/bridgeInterface"),
    POD_INTERFACE_NAME_PREFIX("pod-interface-name-prefix", Kind.STRING, "The prefix of mode InterfaceNamePrefix",
            "/detectLocal/interfaceNamePrefix"),
    PROFILING("profiling", Kind.BOOL, "No effect: use the JDK's own tools", "/enableProfiling"),
    PROXY_PORT_RANGE("proxy-port-range", Kind.STRING, "Deprecated, without effect in kube-proxy too", "/portRange"),
    PROXY_MODE("proxy-mode", Kind.STRING, "iptables or nftables", "/mode"),
    SHOW_HIDDEN_METRICS_FOR_VERSION("show-hidden-metrics-for-version", Kind.STRING, "No effect: no metrics are hidden",
            "/showHiddenMetricsForVersion"),
    V("v", Kind.INT, "How much is logged: 0 to 10", "/logging/verbosity"),
    VMODULE("vmodule", Kind.PATTERNS, "Pairs of pattern=verbosity", "/logging/vmodule"),
    WRITE_CONFIG_TO("write-config-to", Kind.STRING, "Write the configuration to this file and exit");

    /** What a flag's value looks like. */
    public enum Kind {
        BOOL,
        INT,
        FLOAT,
        STRING,
        DURATION,
        /** Several, with commas between. */
        STRINGS,
        /** {@code name=true,name=false}. */
        GATES,
        /** {@code pattern=1,pattern=2}. */
        PATTERNS,
        IP,
        /** {@code IP:port} or {@code IP}; empty for none. */
        IP_PORT;

        /** Whether values of a flag that is given several times count together. */
        public boolean isList() {
            return this == STRINGS || this == GATES || this == PATTERNS;
        }
    }

    private final String text;
    private final Kind kind;
    private final String help;
    private final List<String> pointers;

    ProxyFlag(String text, Kind kind, String help, String... pointers) {
        this.text = text;
        this.kind = kind;
        this.help = help;
        this.pointers = List.of(pointers);
    }

    public static Optional<ProxyFlag> of(String name) {
        return Arrays.stream(values()).filter(flag -> flag.text.equals(name)).findFirst();
    }

    /** As on the command line: {@code -v} and {@code --bind-address}. */
    public String option() {
        return (text.length() == 1 ? "-" : "--") + text;
    }

    public Kind kind() {
        return kind;
    }

    /** One line for {@code --help}. */
    public String help() {
        return help;
    }

    /** JSON pointers of the fields that it sets; none if it is no field's. */
    List<String> pointers() {
        return pointers;
    }

    /** Whether it counts beside a configuration file, too. */
    boolean countsBesideFile() {
        return pointers.isEmpty() || this == HOSTNAME_OVERRIDE
                || pointers.getFirst().startsWith("/logging/");
    }

    @Override
    public String toString() {
        return option();
    }
}
