package dev.fairway.proxy.conntrack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.proxy.config.ConfigException;
import dev.fairway.proxy.config.ProxyArguments;
import dev.fairway.proxy.config.ProxyConfig;
import dev.fairway.testkit.TestNamespaces;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelSettingsTest {
    @RegisterExtension
    final TestNamespaces namespaces = new TestNamespaces();

    private NetworkNamespace node;
    private KernelSettings settings;

    @BeforeEach
    void open() throws IOException {
        node = namespaces.create();
        settings = new KernelSettings(new Sysctls(Optional.of(node)));
    }

    private static ProxyConfig config(String yaml) throws ConfigException {
        String conntrack = yaml.contains("conntrack:") ? "" : "conntrack: {maxPerCore: 0}\n";
        return ProxyArguments.ofText(("apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n"
                + conntrack + yaml).getBytes()).config();
    }

    private String sysctl(String name) throws IOException {
        return node.sysctl(name);
    }

    @Test
    void setsWhatTheConfigurationAsksFor() throws Exception {
        settings.apply(config("""
                conntrack: {maxPerCore: 0, tcpEstablishedTimeout: 2h, tcpCloseWaitTimeout: 90s, tcpBeLiberal: true,
                  udpTimeout: 41s, udpStreamTimeout: 141s}
                """), 4);
        assertEquals("7200", sysctl("net/netfilter/nf_conntrack_tcp_timeout_established"));
        assertEquals("90", sysctl("net/netfilter/nf_conntrack_tcp_timeout_close_wait"));
        assertEquals("1", sysctl("net/netfilter/nf_conntrack_tcp_be_liberal"));
        assertEquals("41", sysctl("net/netfilter/nf_conntrack_udp_timeout"));
        assertEquals("141", sysctl("net/netfilter/nf_conntrack_udp_timeout_stream"));
        assertTrue(settings.conntrackIsLiberal());
    }

    @Test
    void leavesAloneWhatIsZero() throws Exception {
        String established = sysctl("net/netfilter/nf_conntrack_tcp_timeout_established");
        String udp = sysctl("net/netfilter/nf_conntrack_udp_timeout");
        settings.apply(config("conntrack: {maxPerCore: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}\n"), 4);
        assertEquals(established, sysctl("net/netfilter/nf_conntrack_tcp_timeout_established"));
        assertEquals(udp, sysctl("net/netfilter/nf_conntrack_udp_timeout"));
        assertFalse(settings.conntrackIsLiberal());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "mode: iptables|1",
        "iptables: {localhostNodePorts: false}|0",
        "nodePortAddresses: [172.21.0.0/24]|0",
        "nodePortAddresses: [127.0.0.0/8]|1",
        "nodePortAddresses: [primary]|0",
        "mode: nftables|0",
    })
    void routesLocalhostOnlyWhereNodePortsNeedIt(String yaml, String expected) throws Exception {
        settings.apply(config(yaml + "\n"), 4);
        assertEquals(expected, sysctl("net/ipv4/conf/all/route_localnet"));
    }

    @ParameterizedTest
    @CsvSource({"0,131072,8,0", "32768,131072,2,131072", "32768,131072,8,262144", "32768,0,1,32768",
            "1000000,0,64,1048576", "1,0,1,1"})
    void theTableGrowsWithTheCoresUpToALimit(int maxPerCore, int min, int cores, long expected) throws Exception {
        ProxyConfig.Conntrack conntrack =
                config("conntrack: {maxPerCore: " + maxPerCore + ", min: " + min + "}\n").conntrack();
        assertEquals(expected, KernelSettings.tableSize(conntrack, cores));
    }

    @Test
    void aRefusedSettingIsNamed() {
        Sysctls sysctls = new Sysctls(Optional.of(node));
        IOException refused = assertThrows(IOException.class, () -> sysctls.set("net/netfilter/nf_conntrack_buckets", 1));
        assertTrue(refused.getMessage().startsWith("sysctl net/netfilter/nf_conntrack_buckets: "), refused::getMessage);
        IOException unknown = assertThrows(IOException.class, () -> sysctls.set("net/netfilter/no_such_thing", 1));
        assertTrue(unknown.getMessage().contains("no such setting"), unknown::getMessage);
    }
}
