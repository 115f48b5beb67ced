package dev.fairway.proxy.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.kube.Json;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

class ProxyConfigTest {
    private static final String HEAD = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n";

    private static ProxyArguments read(String yaml) throws ConfigException {
        return ProxyArguments.ofText((HEAD + yaml).getBytes());
    }

    /** A one-field document from a path such as {@code iptables.syncPeriod}. */
    private static String document(String path, String value) {
        StringBuilder yaml = new StringBuilder();
        String indent = "";
        String[] parts = path.split("\\.");
        for (int i = 0; i < parts.length; i++) {
            yaml.append(indent).append(parts[i]).append(i == parts.length - 1 ? ": " + value : ":").append('\n');
            indent += "  ";
        }
        return yaml.toString();
    }

    private static JsonNode at(ProxyConfig config, String path) {
        return ConfigEncoder.tree(config).at("/" + path.replace('.', '/'));
    }

    /** Every field: its default, another value, and that value as it is written back. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {
        "bindAddress|\"0.0.0.0\"|\"172.21.0.2\"",
        "bindAddressHardFail|false|true",
        "clientConnection.acceptContentTypes|\"\"|\"application/json\"",
        "clientConnection.burst|10|20",
        "clientConnection.contentType|\"application/vnd.kubernetes.protobuf\"|\"application/json\"",
        "clientConnection.kubeconfig|\"\"|\"/etc/kubeconfig\"",
        "clientConnection.qps|5.0|7.5",
        "clusterCIDR|\"\"|\"10.180.0.0/16,fd18::/32\"",
        "configSyncPeriod|\"15m0s\"|\"1m0s\"",
        "conntrack.maxPerCore|32768|0",
        "conntrack.min|131072|0",
        "conntrack.tcpBeLiberal|false|true",
        "conntrack.tcpCloseWaitTimeout|\"1h0m0s\"|\"0s\"",
        "conntrack.tcpEstablishedTimeout|\"24h0m0s\"|\"0s\"",
        "conntrack.udpStreamTimeout|\"0s\"|\"3m0s\"",
        "conntrack.udpTimeout|\"0s\"|\"30s\"",
        "detectLocal.bridgeInterface|\"\"|\"cbr0\"",
        "detectLocal.interfaceNamePrefix|\"\"|\"veth\"",
        "detectLocalMode|\"ClusterCIDR\"|\"NodeCIDR\"",
        "enableProfiling|false|true",
        "featureGates|-|{\"A\":true,\"B\":false}",
        "healthzBindAddress|\"0.0.0.0:10256\"|\"127.0.0.1:1\"",
        "hostnameOverride|\"\"|\"node-a\"",
        "iptables.localhostNodePorts|true|false",
        "iptables.masqueradeAll|false|true",
        "iptables.masqueradeBit|14|0",
        "iptables.minSyncPeriod|\"1s\"|\"100ms\"",
        "iptables.syncPeriod|\"30s\"|\"1m0s\"",
        "ipvs.excludeCIDRs|null|[\"10.0.0.0/8\"]",
        "ipvs.minSyncPeriod|\"0s\"|\"1s\"",
        "ipvs.scheduler|\"\"|\"rr\"",
        "ipvs.strictARP|false|true",
        "ipvs.syncPeriod|\"30s\"|\"1m0s\"",
        "ipvs.tcpFinTimeout|\"0s\"|\"1s\"",
        "ipvs.tcpTimeout|\"0s\"|\"1s\"",
        "ipvs.udpTimeout|\"0s\"|\"1s\"",
        "logging.flushFrequency|\"5s\"|\"1s\"",
        "logging.format|\"text\"|\"json\"",
        "logging.verbosity|0|4",
        "logging.vmodule|-|[{\"filePattern\":\"proxier*\",\"verbosity\":5}]",
        "metricsBindAddress|\"127.0.0.1:10249\"|\"0.0.0.0:10249\"",
        "mode|\"iptables\"|\"nftables\"",
        "nftables.masqueradeAll|false|true",
        "nftables.masqueradeBit|14|31",
        "nftables.minSyncPeriod|\"1s\"|\"10ms\"",
        "nftables.syncPeriod|\"30s\"|\"2m0s\"",
        "nodePortAddresses|null|[\"172.21.0.0/24\",\"fd21::/64\"]",
        "oomScoreAdj|-999|0",
        "portRange|\"\"|\"300-2000\"",
        "showHiddenMetricsForVersion|\"\"|\"1.35\"",
        "windowsRunAsService|false|true",
        "winkernel.enableDSR|false|true",
        "winkernel.forwardHealthCheckVip|false|true",
        "winkernel.networkName|\"\"|\"net\"",
        "winkernel.rootHnsEndpointName|\"\"|\"ep\"",
        "winkernel.sourceVip|\"\"|\"10.0.0.1\"",
    })
    void readsEachField(String path, String standard, String other) throws ConfigException {
        JsonNode defaults = at(read("").config(), path);
        assertEquals(standard, defaults.isMissingNode() ? null : defaults.toString());
        ProxyArguments options = read(document(path, other));
        assertEquals(other, at(options.config(), path).toString());
        assertEquals(List.of(), options.warnings().stream().filter(warning -> warning.contains("unknown")).toList());
    }

    /** So that a field added later is added to the table above, too: it has these and the two that are left out when empty. */
    @Test
    void theTableAboveHasEveryField() throws ConfigException {
        List<String> paths = new ArrayList<>();
        collect(ConfigEncoder.tree(read("").config()), "", paths);
        assertEquals(54, paths.size(), paths::toString);
    }

    private static void collect(JsonNode node, String path, List<String> paths) {
        for (var entry : node.properties()) {
            String at = path + entry.getKey();
            if (entry.getValue().isObject()) {
                collect(entry.getValue(), at + ".", paths);
            } else if (!at.equals("apiVersion") && !at.equals("kind")) {
                paths.add(at);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "bindAddress|node-a|bindAddress: must be an IP address, is 'node-a'",
        "bindAddress|10|bindAddress: must be a string, is 10",
        "clientConnection.burst|-1|clientConnection.burst: must be at least 0, is -1",
        "clientConnection.qps|fast|clientConnection.qps: must be a number, is \"fast\"",
        "clusterCIDR|10.0.0.0|clusterCIDR: must be one CIDR block",
        "clusterCIDR|'10.0.0.0/8,10.1.0.0/16'|clusterCIDR: must be one CIDR block",
        "clusterCIDR|'10.0.0.0/8,fd00::/8,10.1.0.0/16'|clusterCIDR: must be one CIDR block",
        "configSyncPeriod|-1s|configSyncPeriod: must be greater than 0, is -1s",
        "configSyncPeriod|soon|configSyncPeriod: must be a duration such as 30s or 1h30m, is \"soon\"",
        "conntrack.maxPerCore|-1|conntrack.maxPerCore: must be at least 0, is -1",
        "conntrack.min|-5|conntrack.min: must be at least 0, is -5",
        "conntrack.min|1.5|conntrack.min: must be a 32-bit integer, is 1.5",
        "conntrack.min|4294967296|conntrack.min: must be a 32-bit integer, is 4294967296",
        "conntrack.tcpEstablishedTimeout|-1s|conntrack.tcpEstablishedTimeout: must not be negative, is -1s",
        "conntrack.tcpCloseWaitTimeout|-1s|conntrack.tcpCloseWaitTimeout: must not be negative, is -1s",
        "conntrack.udpTimeout|-1s|conntrack.udpTimeout: must not be negative, is -1s",
        "conntrack.udpStreamTimeout|-1s|conntrack.udpStreamTimeout: must not be negative, is -1s",
        "conntrack.tcpBeLiberal|1|conntrack.tcpBeLiberal: must be true or false, is 1",
        "detectLocalMode|Guess|detectLocalMode: must be ClusterCIDR, NodeCIDR, BridgeInterface or InterfaceNamePrefix",
        "detectLocalMode|BridgeInterface|detectLocal.bridgeInterface: must be set for this detectLocalMode",
        "detectLocalMode|InterfaceNamePrefix|detectLocal.interfaceNamePrefix: must be set for this detectLocalMode",
        "featureGates|{A: maybe}|featureGates: must be a map of true and false",
        "healthzBindAddress|here|healthzBindAddress: must be IP:port with a port from 1 to 65535, is 'here'",
        "healthzBindAddress|'0.0.0.0:0'|healthzBindAddress: must be IP:port",
        "healthzBindAddress|'0.0.0.0:65536'|healthzBindAddress: must be IP:port",
        "metricsBindAddress|'localhost:1'|metricsBindAddress: must be IP:port",
        "metricsBindAddress|'1::2::3:99'|metricsBindAddress: must be IP:port",
        "iptables|[]|iptables: must be an object, is []",
        "iptables.masqueradeBit|32|iptables.masqueradeBit: must be from 0 to 31, is 32",
        "iptables.masqueradeBit|x|iptables.masqueradeBit: must be a 32-bit integer, is \"x\"",
        "iptables.minSyncPeriod|-1s|iptables.minSyncPeriod: must not be negative, is -1s",
        "iptables.minSyncPeriod|1h|iptables.syncPeriod: must be at least iptables.minSyncPeriod, 1h0m0s, is 30s",
        "iptables.syncPeriod|-1s|iptables.syncPeriod: must be greater than 0, is -1s",
        "nftables.masqueradeBit|-1|nftables.masqueradeBit: must be from 0 to 31, is -1",
        "nftables.minSyncPeriod|1h|nftables.syncPeriod: must be at least nftables.minSyncPeriod, 1h0m0s, is 30s",
        "logging.format|xml|logging.format: must be text or json, is 'xml'",
        "logging.verbosity|-1|logging.verbosity: must be at least 0, is -1",
        "mode|ipvs|mode: ipvs is not supported here",
        "mode|userspace|mode: must be iptables or nftables, is 'userspace'",
        "nodePortAddresses|[10.0.0.1]|nodePortAddresses[0]: must be a CIDR block, is '10.0.0.1'",
        "nodePortAddresses|[10.0.0.0/8, primary]|nodePortAddresses[1]: primary must stand alone",
        "nodePortAddresses|primary|nodePortAddresses: must be a list of strings, is \"primary\"",
        "oomScoreAdj|1001|oomScoreAdj: must be from -1000 to 1000, is 1001",
        "portRange|some|portRange: must be a port range such as 300-2000, is 'some'",
        "showHiddenMetricsForVersion|new|showHiddenMetricsForVersion: must be a minor version such as 1.35, is 'new'",
    })
    void aBadValueNamesItsField(String path, String value, String problem) {
        ConfigException refused = assertThrows(ConfigException.class, () -> read(document(path, value)));
        assertTrue(refused.problems().stream().anyMatch(text -> text.startsWith(problem)), refused::getMessage);
    }

    @Test
    void allProblemsAreNamedTogether() {
        ConfigException refused = assertThrows(ConfigException.class,
                () -> read("iptables: {masqueradeBit: 40}\nconntrack: {min: -1}\n"));
        assertEquals(2, refused.problems().size(), refused::getMessage);
    }

    @ParameterizedTest
    @ValueSource(strings = {"eth0; rm", "a b", "a/b", "averyveryverylongname", "a\\\"b"})
    void anInterfaceNameMustBeOneTheKernelKnows(String name) {
        ConfigException refused = assertThrows(ConfigException.class, () -> read(
                "detectLocalMode: BridgeInterface\ndetectLocal: {bridgeInterface: \"" + name + "\"}\n"));
        assertTrue(refused.getMessage().startsWith("detectLocal.bridgeInterface: not an interface name"), refused::getMessage);
    }

    @Test
    void aPrefixLeavesRoomForItsWildcard() throws ConfigException {
        String config = "detectLocalMode: InterfaceNamePrefix\ndetectLocal: {interfaceNamePrefix: %s}\n";
        read(config.formatted("fourteen-chars"));
        ConfigException refused = assertThrows(ConfigException.class, () -> read(config.formatted("fifteen-charact")));
        assertTrue(refused.getMessage().startsWith("detectLocal.interfaceNamePrefix: not an interface name of at most 14"),
                refused::getMessage);
    }

    @Test
    void aBrokenFileIsToldWithItsLine() {
        ConfigException refused = assertThrows(ConfigException.class, () -> read("mode: [a\n"));
        assertTrue(refused.getMessage().matches("not YAML or JSON: line \\d+: .*"), refused::getMessage);
    }

    @Test
    void unknownFieldsAreReadOverWithAWarning() throws ConfigException {
        ProxyArguments options = read("mode: nftables\nnonsense: 1\niptables: {masquerade: true}\n"
                + "logging: {vmodule: [{filePattern: a, verbosity: 1, x: 2}]}\n");
        assertEquals(ProxyMode.NFTABLES, options.config().proxyMode());
        assertEquals(List.of("read leniently: unknown field iptables.masquerade",
                "read leniently: unknown field logging.vmodule[0].x", "read leniently: unknown field nonsense"),
                options.warnings().stream().sorted().toList());
    }

    @Test
    void aRepeatedFieldIsReadOverWithAWarning() throws ConfigException {
        ProxyArguments options = read("mode: iptables\nmode: nftables\n");
        assertEquals(ProxyMode.NFTABLES, options.config().proxyMode());
        assertTrue(options.warnings().getFirst().startsWith("read leniently: "), options.warnings()::toString);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "kind: KubeProxyConfiguration|apiVersion: must be kubeproxy.config.k8s.io/v1alpha1, is ''",
        "{apiVersion: kubeproxy.config.k8s.io/v1beta1, kind: KubeProxyConfiguration}|apiVersion: must be",
        "{apiVersion: kubeproxy.config.k8s.io/v1alpha1, kind: KubeletConfiguration}|kind: must be",
        "- a|not a KubeProxyConfiguration",
        "'{'|not YAML or JSON",
        "{a: [|not YAML or JSON",
    })
    void anotherDocumentIsRefused(String text, String problem) {
        ConfigException refused = assertThrows(ConfigException.class, () -> ProxyArguments.ofText(text.getBytes()));
        assertTrue(refused.getMessage().startsWith(problem), refused::getMessage);
    }

    @Test
    void nullsAreAbsent() throws ConfigException {
        assertEquals(read("").config(), read("oomScoreAdj: null\niptables: null\nnodePortAddresses:\nconntrack: {min: null}\n").config());
    }

    @Test
    void jsonIsReadToo() throws ConfigException {
        ProxyArguments options = ProxyArguments.ofText(("{\"apiVersion\":\"kubeproxy.config.k8s.io/v1alpha1\","
                + "\"kind\":\"KubeProxyConfiguration\",\"mode\":\"nftables\"}").getBytes());
        assertEquals(ProxyMode.NFTABLES, options.config().proxyMode());
    }

    @Test
    void nftablesServesNodePortsOnThePrimaryAddressesUnlessTold() throws ConfigException {
        assertEquals(List.of("primary"), read("mode: nftables\n").config().nodePortAddresses());
        assertEquals(List.of(), read("mode: iptables\n").config().nodePortAddresses());
        assertEquals(List.of("0.0.0.0/0"), read("mode: nftables\nnodePortAddresses: [0.0.0.0/0]\n").config().nodePortAddresses());
    }

    @ParameterizedTest
    @CsvSource({"0.0.0.0,0.0.0.0:10256,127.0.0.1:10249", "'::',[::]:10256,[::1]:10249", "fd00::1,[::]:10256,[::1]:10249"})
    void serversFollowTheBindAddressesFamily(String bindAddress, String healthz, String metrics) throws ConfigException {
        ProxyConfig config = read("bindAddress: '" + bindAddress + "'\n").config();
        assertEquals(healthz, config.healthzBindAddress());
        assertEquals(metrics, config.metricsBindAddress());
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1,127.0.0.1:10256", "'::1',[::1]:10256", "'[::1]:5',[::1]:5"})
    void aServerAddressWithoutAPortGetsTheUsualOne(String given, String expected) throws ConfigException {
        assertEquals(expected, read("healthzBindAddress: '" + given + "'\n").config().healthzBindAddress());
    }

    @Test
    void fieldsWithoutEffectAreNoted() throws ConfigException {
        ProxyArguments options = read("""
                portRange: 300-2000
                ipvs: {scheduler: rr, strictARP: false}
                winkernel: {enableDSR: true}
                configSyncPeriod: 15m0s
                clientConnection: {contentType: application/vnd.kubernetes.protobuf, acceptContentTypes: ""}
                featureGates: {KubeProxyNFTablesLocalhostNodePorts: true, Other: false}
                """);
        assertEquals(List.of("featureGates.Other has no effect: there is no such gate here",
                "ipvs has no effect: there is no mode ipvs",
                "portRange has no effect: it has none in kube-proxy either",
                "winkernel has no effect: it is for Windows"), options.warnings());
    }

    @Test
    void aFileAsKubeadmWritesItCausesNoNotes() throws ConfigException {
        ProxyArguments options = read("""
                bindAddress: 0.0.0.0
                bindAddressHardFail: false
                clientConnection: {acceptContentTypes: "", burst: 0, contentType: "", kubeconfig: /var/lib/kube-proxy/kubeconfig.conf, qps: 0}
                clusterCIDR: 10.244.0.0/16
                configSyncPeriod: 0s
                conntrack: {maxPerCore: null, min: null, tcpBeLiberal: false, tcpCloseWaitTimeout: null, tcpEstablishedTimeout: null, udpStreamTimeout: 0s, udpTimeout: 0s}
                detectLocal: {bridgeInterface: "", interfaceNamePrefix: ""}
                detectLocalMode: ""
                enableProfiling: false
                healthzBindAddress: ""
                hostnameOverride: ""
                iptables: {localhostNodePorts: null, masqueradeAll: false, masqueradeBit: null, minSyncPeriod: 0s, syncPeriod: 0s}
                ipvs: {excludeCIDRs: null, minSyncPeriod: 0s, scheduler: "", strictARP: false, syncPeriod: 0s, tcpFinTimeout: 0s, tcpTimeout: 0s, udpTimeout: 0s}
                logging: {flushFrequency: 0, options: {json: {infoBufferSize: "0"}, text: {infoBufferSize: "0"}}, verbosity: 0}
                metricsBindAddress: ""
                mode: ""
                nftables: {masqueradeAll: false, masqueradeBit: null, minSyncPeriod: 0s, syncPeriod: 0s}
                nodePortAddresses: null
                oomScoreAdj: null
                portRange: ""
                showHiddenMetricsForVersion: ""
                winkernel: {enableDSR: false, forwardHealthCheckVip: false, networkName: "", rootHnsEndpointName: "", sourceVip: ""}
                """);
        assertEquals(List.of(), options.warnings());
        assertEquals("10.244.0.0/16", options.config().clusterCidr());
        assertEquals(131072, options.config().conntrack().min());
    }

    @Test
    void whatIsWrittenReadsTheSame() throws ConfigException {
        ProxyConfig config = read("mode: nftables\nnodePortAddresses: [primary]\nfeatureGates: {A: true}\n"
                + "hostnameOverride: \"123\"\nlogging: {vmodule: [{filePattern: a, verbosity: 1}]}\n").config();
        ProxyArguments again = ProxyArguments.ofText(ConfigEncoder.yaml(config).getBytes());
        assertEquals(config, again.config());
        assertNotEquals(config, read("").config());
    }

    @Test
    void randomChangesOfAValidDocumentAreReadOrRefusedWithAField() throws Exception {
        ObjectNode valid = (ObjectNode) new YAMLMapper().readTree(ConfigEncoder.yaml(read("").config()));
        List<JsonNode> values = List.of(Json.mapper().readTree("null"), Json.mapper().readTree("-7"),
                Json.mapper().readTree("1e99"), Json.mapper().readTree("\"\\u0000\""), Json.mapper().readTree("[1,{}]"),
                Json.mapper().readTree("{\"a\":{}}"), Json.mapper().readTree("true"), Json.mapper().readTree("\"9999999h\""));
        java.util.Random random = new java.util.Random(11);
        int refusals = 0;
        for (int i = 0; i < 3_000; i++) {
            ObjectNode mutant = valid.deepCopy();
            mutate(mutant, values, random);
            try {
                ProxyArguments.ofText(Json.bytes(mutant));
            } catch (ConfigException e) {
                refusals++;
                assertTrue(e.problems().stream().allMatch(problem -> problem.matches("(?s)[A-Za-z.\\[\\]0-9]+: .*")), e::getMessage);
            }
        }
        assertTrue(refusals > 500, "only " + refusals + " were refused");
    }

    private static void mutate(ObjectNode node, List<JsonNode> values, java.util.Random random) {
        List<String> names = List.copyOf(node.propertyNames());
        String name = names.get(random.nextInt(names.size()));
        if (node.get(name) instanceof ObjectNode nested && !nested.isEmpty() && random.nextInt(4) > 0) {
            mutate(nested, values, random);
        } else {
            node.set(name, values.get(random.nextInt(values.size())));
        }
    }
}
