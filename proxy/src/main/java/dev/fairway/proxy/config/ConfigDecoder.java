package dev.fairway.proxy.config;

import dev.fairway.kube.Json;
import dev.fairway.proxy.config.ProxyConfig.ClientConnection;
import dev.fairway.proxy.config.ProxyConfig.Conntrack;
import dev.fairway.proxy.config.ProxyConfig.DetectLocal;
import dev.fairway.proxy.config.ProxyConfig.Iptables;
import dev.fairway.proxy.config.ProxyConfig.Ipvs;
import dev.fairway.proxy.config.ProxyConfig.Logging;
import dev.fairway.proxy.config.ProxyConfig.Nftables;
import dev.fairway.proxy.config.ProxyConfig.Winkernel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Reads a configuration from YAML or JSON; defaults are {@link ConfigDefaults}' matter. */
final class ConfigDecoder {
    static final String API_VERSION = "kubeproxy.config.k8s.io/v1alpha1";
    static final String KIND = "KubeProxyConfiguration";

    private ConfigDecoder() {}

    /**
     * What was read.
     *
     * @param given the fields as they were given
     * @param warnings what strict reading would have refused: unknown and repeated fields
     */
    record Decoded(ProxyConfig config, ObjectNode given, List<String> warnings) {}

    static Decoded decode(byte[] text) throws ConfigException {
        List<String> warnings = new ArrayList<>();
        ObjectNode tree = parse(text, warnings);
        String version = tree.path("apiVersion").asString("");
        String kind = tree.path("kind").asString("");
        if (!version.equals(API_VERSION)) {
            throw new ConfigException("apiVersion: must be " + API_VERSION + ", is '" + version + "'");
        }
        if (!kind.equals(KIND)) {
            throw new ConfigException("kind: must be " + KIND + ", is '" + kind + "'");
        }
        return decode(tree, warnings, ConfigDefaults.APPLY);
    }

    /** Reads a tree that holds every field, such as the defaults with flags over them. */
    static ProxyConfig decodeComplete(ObjectNode tree) throws ConfigException {
        return decode(tree, new ArrayList<>(), ConfigDefaults.NONE).config();
    }

    private static Decoded decode(ObjectNode tree, List<String> warnings, ConfigDefaults defaults) throws ConfigException {
        List<String> problems = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        FieldReader reader = new FieldReader(tree, "", problems, unknown);
        reader.string("apiVersion");
        reader.string("kind");
        ProxyConfig config = config(reader, defaults);
        reader.noteUnknown();
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        unknown.forEach(path -> warnings.add("unknown field " + path));
        return new Decoded(config, tree, warnings);
    }

    private static ObjectNode parse(byte[] text, List<String> warnings) throws ConfigException {
        try {
            return object(mapper(true).readTree(text));
        } catch (JacksonException strict) {
            try {
                ObjectNode tree = object(mapper(false).readTree(text));
                warnings.add(strict.getOriginalMessage().lines().findFirst().orElse("repeated field"));
                return tree;
            } catch (JacksonException lenient) {
                throw new ConfigException("not YAML or JSON: line " + lenient.getLocation().getLineNr() + ": "
                        + lenient.getOriginalMessage().lines().findFirst().orElse(""));
            }
        }
    }

    private static YAMLMapper mapper(boolean strict) {
        return new YAMLMapper(YAMLFactory.builder()
                .configure(StreamReadFeature.STRICT_DUPLICATE_DETECTION, strict)
                .loadSettings(org.snakeyaml.engine.v2.api.LoadSettings.builder().setAllowDuplicateKeys(!strict).build())
                .build());
    }

    private static ObjectNode object(JsonNode node) throws ConfigException {
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw new ConfigException("not a " + KIND + ": the document is no object");
    }

    private static ProxyConfig config(FieldReader reader, ConfigDefaults defaults) {
        String bindAddress = defaults.bindAddress(reader.string("bindAddress"));
        return new ProxyConfig(
                reader.booleans("featureGates"),
                reader.object("clientConnection", client -> clientConnection(client, defaults)),
                reader.object("logging", logging -> logging(logging, defaults)),
                reader.string("hostnameOverride"),
                bindAddress,
                defaults.healthzBindAddress(reader.string("healthzBindAddress"), bindAddress),
                defaults.metricsBindAddress(reader.string("metricsBindAddress"), bindAddress),
                reader.bool("bindAddressHardFail"),
                reader.bool("enableProfiling"),
                reader.string("showHiddenMetricsForVersion"),
                reader.string("mode"),
                reader.object("iptables", iptables -> iptables(iptables, defaults)),
                reader.object("ipvs", ipvs -> ipvs(ipvs, defaults)),
                reader.object("nftables", nftables -> nftables(nftables, defaults)),
                reader.object("winkernel", ConfigDecoder::winkernel),
                reader.string("detectLocalMode"),
                reader.object("detectLocal", local ->
                        new DetectLocal(local.string("bridgeInterface"), local.string("interfaceNamePrefix"))),
                reader.string("clusterCIDR"),
                reader.strings("nodePortAddresses"),
                defaults.oomScoreAdj(reader.integer("oomScoreAdj")),
                reader.object("conntrack", conntrack -> conntrack(conntrack, defaults)),
                defaults.configSyncPeriod(reader.durationOrZero("configSyncPeriod")),
                reader.string("portRange"),
                reader.bool("windowsRunAsService"));
    }

    private static ClientConnection clientConnection(FieldReader reader, ConfigDefaults defaults) {
        return new ClientConnection(
                reader.string("kubeconfig"),
                reader.string("acceptContentTypes"),
                defaults.contentType(reader.string("contentType")),
                defaults.qps(reader.number("qps")),
                defaults.burst(reader.integer("burst").orElse(0)));
    }

    private static Logging logging(FieldReader reader, ConfigDefaults defaults) {
        Map<String, Integer> vmodule = new LinkedHashMap<>();
        reader.objects("vmodule", item ->
                vmodule.put(item.string("filePattern"), item.integer("verbosity").orElse(0)));
        reader.object("options", options -> {
            options.object("text", ConfigDecoder::output);
            return options.object("json", ConfigDecoder::output);
        });
        return new Logging(defaults.logFormat(reader.string("format")),
                defaults.flushFrequency(reader.durationOrNanos("flushFrequency")),
                reader.integer("verbosity").orElse(0), vmodule);
    }

    /** Fields of a log's output, which have no effect here; reading them makes them known. */
    private static boolean output(FieldReader reader) {
        reader.string("infoBufferSize");
        return reader.bool("splitStream");
    }

    private static Iptables iptables(FieldReader reader, ConfigDefaults defaults) {
        return new Iptables(
                defaults.masqueradeBit(reader.integer("masqueradeBit")),
                reader.bool("masqueradeAll"),
                reader.bool("localhostNodePorts", true),
                defaults.syncPeriod(reader.durationOrZero("syncPeriod")),
                defaults.minSyncPeriod(reader.durationOrZero("minSyncPeriod")));
    }

    private static Ipvs ipvs(FieldReader reader, ConfigDefaults defaults) {
        return new Ipvs(
                defaults.syncPeriod(reader.durationOrZero("syncPeriod")),
                reader.durationOrZero("minSyncPeriod"),
                reader.string("scheduler"),
                reader.strings("excludeCIDRs"),
                reader.bool("strictARP"),
                reader.durationOrZero("tcpTimeout"),
                reader.durationOrZero("tcpFinTimeout"),
                reader.durationOrZero("udpTimeout"));
    }

    private static Nftables nftables(FieldReader reader, ConfigDefaults defaults) {
        return new Nftables(
                defaults.masqueradeBit(reader.integer("masqueradeBit")),
                reader.bool("masqueradeAll"),
                defaults.syncPeriod(reader.durationOrZero("syncPeriod")),
                defaults.minSyncPeriod(reader.durationOrZero("minSyncPeriod")));
    }

    private static Winkernel winkernel(FieldReader reader) {
        return new Winkernel(
                reader.string("networkName"),
                reader.string("sourceVip"),
                reader.bool("enableDSR"),
                reader.string("rootHnsEndpointName"),
                reader.bool("forwardHealthCheckVip"));
    }

    private static Conntrack conntrack(FieldReader reader, ConfigDefaults defaults) {
        return new Conntrack(
                defaults.conntrackMaxPerCore(reader.integer("maxPerCore")),
                defaults.conntrackMin(reader.integer("min")),
                defaults.tcpEstablishedTimeout(reader.duration("tcpEstablishedTimeout")),
                defaults.tcpCloseWaitTimeout(reader.duration("tcpCloseWaitTimeout")),
                reader.bool("tcpBeLiberal"),
                reader.durationOrZero("udpTimeout"),
                reader.durationOrZero("udpStreamTimeout"));
    }

    /** The tree of an empty file's configuration, every field present. */
    static ObjectNode defaultTree() {
        try {
            return ConfigEncoder.tree(decode(Json.object(), new ArrayList<>(), ConfigDefaults.APPLY).config());
        } catch (ConfigException e) {
            throw new IllegalStateException("an empty configuration is valid", e);
        }
    }
}
