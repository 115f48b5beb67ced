package dev.fairway.proxy.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ProxyFlagsTest {
    @TempDir
    Path folder;

    private static Map<ProxyFlag, String> flags(String... words) {
        Map<ProxyFlag, String> flags = new EnumMap<>(ProxyFlag.class);
        for (String word : words) {
            int equals = word.indexOf('=');
            flags.put(ProxyFlag.of(word.substring(0, equals)).orElseThrow(), word.substring(equals + 1));
        }
        return flags;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "bind-address=172.21.0.2|bindAddress|\"172.21.0.2\"",
        "bind-address-hard-fail=true|bindAddressHardFail|true",
        "cluster-cidr=10.0.0.0/8,fd00::/8|clusterCIDR|\"10.0.0.0/8,fd00::/8\"",
        "config-sync-period=1m|configSyncPeriod|\"1m0s\"",
        "conntrack-max-per-core=0|conntrack.maxPerCore|0",
        "conntrack-min=7|conntrack.min|7",
        "conntrack-tcp-be-liberal=1|conntrack.tcpBeLiberal|true",
        "conntrack-tcp-timeout-close-wait=0s|conntrack.tcpCloseWaitTimeout|\"0s\"",
        "conntrack-tcp-timeout-established=0s|conntrack.tcpEstablishedTimeout|\"0s\"",
        "conntrack-udp-timeout=5s|conntrack.udpTimeout|\"5s\"",
        "conntrack-udp-timeout-stream=6s|conntrack.udpStreamTimeout|\"6s\"",
        "detect-local-mode=NodeCIDR|detectLocalMode|\"NodeCIDR\"",
        "feature-gates=A=true,B=false|featureGates|{\"A\":true,\"B\":false}",
        "healthz-bind-address=127.0.0.1|healthzBindAddress|\"127.0.0.1:10256\"",
        "healthz-bind-address=[::1]:99|healthzBindAddress|\"[::1]:99\"",
        "healthz-bind-address=|healthzBindAddress|\"\"",
        "healthz-port=0|healthzBindAddress|\"\"",
        "healthz-port=99|healthzBindAddress|\"0.0.0.0:10256\"",
        "hostname-override=Node-A|hostnameOverride|\"node-a\"",
        "iptables-localhost-nodeports=false|iptables.localhostNodePorts|false",
        "iptables-masquerade-bit=15|iptables.masqueradeBit|15",
        "iptables-min-sync-period=0|iptables.minSyncPeriod|\"0s\"",
        "iptables-min-sync-period=2s|nftables.minSyncPeriod|\"2s\"",
        "iptables-sync-period=1m|iptables.syncPeriod|\"1m0s\"",
        "iptables-sync-period=1m|nftables.syncPeriod|\"1m0s\"",
        "kube-api-burst=3|clientConnection.burst|3",
        "kube-api-qps=2.5|clientConnection.qps|2.5",
        "kube-api-content-type=application/json|clientConnection.contentType|\"application/json\"",
        "kubeconfig=/k|clientConnection.kubeconfig|\"/k\"",
        "logging-format=json|logging.format|\"json\"",
        "masquerade-all=t|iptables.masqueradeAll|true",
        "masquerade-all=t|nftables.masqueradeAll|true",
        "metrics-bind-address=0.0.0.0|metricsBindAddress|\"0.0.0.0:10249\"",
        "metrics-port=0|metricsBindAddress|\"\"",
        "nodeport-addresses=10.0.0.0/8,192.168.0.0/16|nodePortAddresses|[\"10.0.0.0/8\",\"192.168.0.0/16\"]",
        "oom-score-adj=-998|oomScoreAdj|-998",
        "pod-bridge-interface=cbr0|detectLocal.bridgeInterface|\"cbr0\"",
        "pod-interface-name-prefix=veth|detectLocal.interfaceNamePrefix|\"veth\"",
        "proxy-mode=nftables|mode|\"nftables\"",
        "v=4|logging.verbosity|4",
        "vmodule=a*=3|logging.vmodule|[{\"filePattern\":\"a*\",\"verbosity\":3}]",
        "ipvs-scheduler=rr|ipvs.scheduler|\"rr\"",
        "ipvs-exclude-cidrs=10.0.0.0/8|ipvs.excludeCIDRs|[\"10.0.0.0/8\"]",
    })
    void aFlagSetsItsField(String flag, String path, String value) throws ConfigException {
        ProxyConfig config = ProxyArguments.of(flags(flag)).config();
        assertEquals(value, ConfigEncoder.tree(config).at("/" + path.replace('.', '/')).toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "bind-address=here|--bind-address: must be an IP address, is 'here'",
        "cleanup=perhaps|--cleanup: must be true or false, is 'perhaps'",
        "conntrack-min=many|--conntrack-min: must be an integer, is 'many'",
        "config-sync-period=often|--config-sync-period: must be a duration",
        "feature-gates=A|--feature-gates: must be name=value pairs",
        "feature-gates=A=2|--feature-gates: must be true or false, is '2'",
        "healthz-bind-address=a:b|--healthz-bind-address: must be an IP address, or one with a port, or empty",
        "kube-api-qps=x|--kube-api-qps: must be a number",
        "v=loud|-v: must be an integer, is 'loud'",
        "proxy-mode=ipvs|mode: ipvs is not supported here",
        "config=/nowhere/at/all|--config: there is no file /nowhere/at/all",
        "hostname-override= |--hostname-override: must not be blank",
    })
    void aBadFlagIsNamed(String flag, String problem) {
        String word = flag.equals("hostname-override=") ? "hostname-override= " : flag;
        ConfigException refused = assertThrows(ConfigException.class, () -> ProxyArguments.of(flags(word)));
        assertTrue(refused.getMessage().startsWith(problem), refused::getMessage);
    }

    @ParameterizedTest
    @EnumSource(ProxyFlag.class)
    void everyFieldOfAFlagExists(ProxyFlag flag) {
        for (String pointer : flag.pointers()) {
            boolean exists = !ConfigDecoder.defaultTree().at(pointer).isMissingNode();
            boolean leftOutWhenEmpty = List.of("/featureGates", "/logging/vmodule").contains(pointer);
            assertTrue(exists || leftOutWhenEmpty, pointer);
        }
        assertEquals(Optional.of(flag), ProxyFlag.of(flag.option().replaceFirst("^-+", "")));
    }

    private Path file(String yaml) throws Exception {
        return Files.writeString(folder.resolve("config.yaml"),
                "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n" + yaml);
    }

    @Test
    void besideAFileOnlySomeFlagsCount() throws Exception {
        Path file = file("mode: nftables\nhostnameOverride: a\nlogging: {verbosity: 1}\n");
        ProxyArguments options = ProxyArguments.of(flags("config=" + file, "proxy-mode=iptables", "v=5", "hostname-override=b",
                "masquerade-all=true", "master=https://m:1", "cleanup=true"));
        assertEquals(ProxyMode.NFTABLES, options.config().proxyMode());
        assertEquals(5, options.config().logging().verbosity());
        assertEquals("b", options.config().hostnameOverride());
        assertEquals(false, options.config().masqueradeAll());
        assertEquals("https://m:1", options.master());
        assertTrue(options.cleanup());
        assertEquals(Optional.of(file), options.configFile());
        assertEquals(List.of("ignored because of --config: --masquerade-all, --proxy-mode"), options.warnings());
    }

    @Test
    void asEksStartsIt() throws Exception {
        Path file = file("""
                bindAddress: 0.0.0.0
                clientConnection: {acceptContentTypes: "", burst: 10, contentType: application/vnd.kubernetes.protobuf, kubeconfig: /var/lib/kube-proxy/kubeconfig, qps: 5}
                clusterCIDR: ""
                configSyncPeriod: 15m0s
                conntrack: {maxPerCore: 32768, min: 131072, tcpCloseWaitTimeout: 1h0m0s, tcpEstablishedTimeout: 24h0m0s}
                enableProfiling: false
                healthzBindAddress: 0.0.0.0:10256
                iptables: {masqueradeAll: false, masqueradeBit: 14, minSyncPeriod: 0s, syncPeriod: 30s}
                ipvs: {excludeCIDRs: null, minSyncPeriod: 0s, scheduler: "", syncPeriod: 30s}
                metricsBindAddress: 0.0.0.0:10249
                mode: "iptables"
                nodePortAddresses: null
                oomScoreAdj: -998
                portRange: ""
                """);
        ProxyArguments options = ProxyArguments.of(flags("v=2", "config=" + file, "hostname-override=ip-10-0-0-1.ec2.internal"));
        assertEquals("ip-10-0-0-1.ec2.internal", options.config().hostnameOverride());
        assertEquals(List.of(), options.warnings());
    }

    @Test
    void asK3sStartsIt() throws ConfigException {
        ProxyArguments options = ProxyArguments.of(flags("cluster-cidr=10.42.0.0/16", "conntrack-max-per-core=0",
                "conntrack-tcp-timeout-close-wait=0s", "conntrack-tcp-timeout-established=0s",
                "healthz-bind-address=127.0.0.1", "hostname-override=n1",
                "kubeconfig=/var/lib/rancher/k3s/agent/kubeproxy.kubeconfig", "proxy-mode=iptables"));
        assertEquals("127.0.0.1:10256", options.config().healthzBindAddress());
        assertEquals(List.of(), options.warnings());
    }

    @Test
    void asGkeStartsIt() throws ConfigException {
        ProxyArguments options = ProxyArguments.of(flags("master=https://10.0.0.1", "kubeconfig=/var/lib/kube-proxy/kubeconfig",
                "cluster-cidr=10.8.0.0/14", "oom-score-adj=-998", "v=2", "feature-gates=RotateKubeletServerCertificate=true",
                "iptables-sync-period=1m", "iptables-min-sync-period=10s", "ipvs-sync-period=1m",
                "ipvs-min-sync-period=10s", "detect-local-mode=NodeCIDR"));
        assertEquals("https://10.0.0.1", options.master());
        assertEquals(DetectLocalMode.NODE_CIDR, options.config().localMode());
        assertEquals(List.of(
                "featureGates.RotateKubeletServerCertificate has no effect: there is no such gate here",
                "ipvs has no effect: there is no mode ipvs"), options.warnings());
    }

    @Test
    void withoutAnythingItIsKubeProxysDefault() throws Exception {
        assertEquals(ProxyArguments.of(flags("config=" + file(""))).config(), ProxyArguments.of(Map.of()).config());
    }
}
