package dev.fairway.proxy.config;

import dev.fairway.kube.GoDuration;
import dev.fairway.kube.Json;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/** Writes a configuration: every field, in the API's names. */
public final class ConfigEncoder {
    private ConfigEncoder() {}

    /** What {@code --write-config-to} writes. */
    public static String yaml(ProxyConfig config) {
        YAMLMapper mapper = YAMLMapper.builder()
                .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
                .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
                .enable(YAMLWriteFeature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                .build();
        return mapper.writeValueAsString(tree(config));
    }

    static ObjectNode tree(ProxyConfig config) {
        ObjectNode root = Json.object();
        root.put("apiVersion", ConfigDecoder.API_VERSION);
        root.put("bindAddress", config.bindAddress());
        root.put("bindAddressHardFail", config.bindAddressHardFail());
        ProxyConfig.ClientConnection client = config.clientConnection();
        root.putObject("clientConnection")
                .put("acceptContentTypes", client.acceptContentTypes())
                .put("burst", client.burst())
                .put("contentType", client.contentType())
                .put("kubeconfig", client.kubeconfig())
                .put("qps", client.qps());
        root.put("clusterCIDR", config.clusterCidr());
        root.put("configSyncPeriod", GoDuration.format(config.configSyncPeriod()));
        conntrack(root.putObject("conntrack"), config.conntrack());
        root.putObject("detectLocal")
                .put("bridgeInterface", config.detectLocal().bridgeInterface())
                .put("interfaceNamePrefix", config.detectLocal().interfaceNamePrefix());
        root.put("detectLocalMode", config.detectLocalMode());
        root.put("enableProfiling", config.enableProfiling());
        if (!config.featureGates().isEmpty()) {
            ObjectNode gates = root.putObject("featureGates");
            config.featureGates().forEach(gates::put);
        }
        root.put("healthzBindAddress", config.healthzBindAddress());
        root.put("hostnameOverride", config.hostnameOverride());
        iptables(root.putObject("iptables"), config.iptables());
        ipvs(root.putObject("ipvs"), config.ipvs());
        root.put("kind", ConfigDecoder.KIND);
        logging(root.putObject("logging"), config.logging());
        root.put("metricsBindAddress", config.metricsBindAddress());
        root.put("mode", config.mode());
        nftables(root.putObject("nftables"), config.nftables());
        strings(root, "nodePortAddresses", config.nodePortAddresses());
        config.oomScoreAdj().ifPresentOrElse(score -> root.put("oomScoreAdj", score), () -> root.putNull("oomScoreAdj"));
        root.put("portRange", config.portRange());
        root.put("showHiddenMetricsForVersion", config.showHiddenMetricsForVersion());
        ProxyConfig.Winkernel windows = config.winkernel();
        root.putObject("winkernel")
                .put("enableDSR", windows.enableDsr())
                .put("forwardHealthCheckVip", windows.forwardHealthCheckVip())
                .put("networkName", windows.networkName())
                .put("rootHnsEndpointName", windows.rootHnsEndpointName())
                .put("sourceVip", windows.sourceVip());
        root.put("windowsRunAsService", config.windowsRunAsService());
        return root;
    }

    /**
     * What {@code /configz} shows: kube-proxy's internal form, whose names are those of its Go fields, under the name of the
     * API group.
     */
    public static ObjectNode configz(ProxyConfig config) {
        ObjectNode tree = tree(config);
        ObjectNode root = Json.object();
        ObjectNode internal = root.putObject("kubeproxy.config.k8s.io");
        ObjectNode linux = internal.putObject("Linux");
        linux.put("MasqueradeAll", config.masqueradeAll());
        linux.set("Conntrack", capitalized((ObjectNode) tree.get("conntrack")));
        linux.set("OOMScoreAdj", tree.get("oomScoreAdj"));
        internal.putObject("Windows").put("RunAsService", config.windowsRunAsService());
        internal.set("FeatureGates", tree.has("featureGates") ? tree.get("featureGates") : Json.object());
        internal.set("ClientConnection", capitalized((ObjectNode) tree.get("clientConnection")));
        internal.set("Logging", tree.get("logging"));
        for (String field : List.of("hostnameOverride", "bindAddress", "healthzBindAddress", "metricsBindAddress",
                "bindAddressHardFail", "enableProfiling", "showHiddenMetricsForVersion", "mode")) {
            internal.set(goName(field), tree.get(field));
        }
        internal.putObject("IPTables")
                .put("MasqueradeBit", config.iptables().masqueradeBit())
                .put("LocalhostNodePorts", config.iptables().localhostNodePorts());
        ObjectNode ipvs = capitalized((ObjectNode) tree.get("ipvs"));
        ipvs.remove(List.of("SyncPeriod", "MinSyncPeriod"));
        internal.set("IPVS", ipvs);
        internal.putObject("NFTables").put("MasqueradeBit", config.nftables().masqueradeBit());
        internal.set("Winkernel", capitalized((ObjectNode) tree.get("winkernel")));
        internal.set("DetectLocalMode", tree.get("detectLocalMode"));
        ObjectNode detectLocal = capitalized((ObjectNode) tree.get("detectLocal"));
        strings(detectLocal, "ClusterCIDRs", config.clusterCidrs());
        internal.set("DetectLocal", detectLocal);
        internal.set("NodePortAddresses", tree.get("nodePortAddresses"));
        internal.put("SyncPeriod", GoDuration.format(config.syncPeriod()));
        internal.put("MinSyncPeriod", GoDuration.format(config.minSyncPeriod()));
        internal.set("ConfigSyncPeriod", tree.get("configSyncPeriod"));
        return root;
    }

    private static ObjectNode capitalized(ObjectNode node) {
        ObjectNode copy = Json.object();
        node.properties().forEach(entry -> copy.set(goName(entry.getKey()), entry.getValue()));
        return copy;
    }

    /** Go's initialisms stay upper-case: {@code qps} is {@code QPS}, {@code tcpTimeout} is {@code TCPTimeout}. */
    private static String goName(String field) {
        for (String initialism : List.of("tcp", "udp", "qps")) {
            if (field.startsWith(initialism)) {
                return initialism.toUpperCase(java.util.Locale.ROOT) + field.substring(initialism.length());
            }
        }
        return Character.toUpperCase(field.charAt(0)) + field.substring(1);
    }

    private static void conntrack(ObjectNode node, ProxyConfig.Conntrack conntrack) {
        node.put("maxPerCore", conntrack.maxPerCore())
                .put("min", conntrack.min())
                .put("tcpBeLiberal", conntrack.tcpBeLiberal())
                .put("tcpCloseWaitTimeout", GoDuration.format(conntrack.tcpCloseWaitTimeout()))
                .put("tcpEstablishedTimeout", GoDuration.format(conntrack.tcpEstablishedTimeout()))
                .put("udpStreamTimeout", GoDuration.format(conntrack.udpStreamTimeout()))
                .put("udpTimeout", GoDuration.format(conntrack.udpTimeout()));
    }

    private static void iptables(ObjectNode node, ProxyConfig.Iptables iptables) {
        node.put("localhostNodePorts", iptables.localhostNodePorts())
                .put("masqueradeAll", iptables.masqueradeAll())
                .put("masqueradeBit", iptables.masqueradeBit())
                .put("minSyncPeriod", GoDuration.format(iptables.minSyncPeriod()))
                .put("syncPeriod", GoDuration.format(iptables.syncPeriod()));
    }

    private static void ipvs(ObjectNode node, ProxyConfig.Ipvs ipvs) {
        strings(node, "excludeCIDRs", ipvs.excludeCidrs());
        node.put("minSyncPeriod", GoDuration.format(ipvs.minSyncPeriod()))
                .put("scheduler", ipvs.scheduler())
                .put("strictARP", ipvs.strictArp())
                .put("syncPeriod", GoDuration.format(ipvs.syncPeriod()))
                .put("tcpFinTimeout", GoDuration.format(ipvs.tcpFinTimeout()))
                .put("tcpTimeout", GoDuration.format(ipvs.tcpTimeout()))
                .put("udpTimeout", GoDuration.format(ipvs.udpTimeout()));
    }

    private static void nftables(ObjectNode node, ProxyConfig.Nftables nftables) {
        node.put("masqueradeAll", nftables.masqueradeAll())
                .put("masqueradeBit", nftables.masqueradeBit())
                .put("minSyncPeriod", GoDuration.format(nftables.minSyncPeriod()))
                .put("syncPeriod", GoDuration.format(nftables.syncPeriod()));
    }

    private static void logging(ObjectNode node, ProxyConfig.Logging logging) {
        node.put("flushFrequency", GoDuration.format(logging.flushFrequency()))
                .put("format", logging.format())
                .put("verbosity", logging.verbosity());
        if (!logging.vmodule().isEmpty()) {
            ArrayNode patterns = node.putArray("vmodule");
            logging.vmodule().forEach((pattern, verbosity) ->
                    patterns.addObject().put("filePattern", pattern).put("verbosity", verbosity));
        }
    }

    /** Go writes a list that was never set as null, and readers of these files have learnt to expect it. */
    private static void strings(ObjectNode node, String field, List<String> values) {
        if (values.isEmpty()) {
            node.putNull(field);
        } else {
            ArrayNode array = node.putArray(field);
            values.forEach(array::add);
        }
    }
}
