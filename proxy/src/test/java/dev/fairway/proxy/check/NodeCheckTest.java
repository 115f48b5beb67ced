package dev.fairway.proxy.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.nfacct.Nfacct;
import dev.fairway.netlink.nftables.Family;
import dev.fairway.netlink.nftables.NftBatch;
import dev.fairway.netlink.nftables.Nftables;
import dev.fairway.netlink.nftables.Table;
import dev.fairway.proxy.check.Finding.Need;
import dev.fairway.proxy.config.ProxyMode;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Against the real kernel, in a namespace of its own. */
class NodeCheckTest {
    private NetworkNamespace node;

    @BeforeEach
    void build() throws IOException {
        node = NetworkNamespace.create("fwcheck-" + ProcessHandle.current().pid());
    }

    @AfterEach
    void tearDown() throws IOException {
        node.delete();
    }

    private CheckReport run(ProxyMode... modes) {
        return NodeCheck.run(Optional.of(node), EnumSet.copyOf(List.of(modes)));
    }

    @Test
    void thisKernelCanDoBothModes() {
        CheckReport report = run(ProxyMode.values());
        for (ProxyMode mode : ProxyMode.values()) {
            assertTrue(report.works(mode), () -> report.summary(mode));
            assertTrue(report.summary(mode).contains("mode " + mode + " can work"), () -> report.summary(mode));
        }
        assertTrue(report.findings().size() > 20, report::toString);
    }

    @ParameterizedTest
    @EnumSource(ProxyMode.class)
    void onlyTheFeaturesOfAModeAreTried(ProxyMode mode) {
        assertTrue(run(mode).findings().stream().allMatch(finding -> finding.need(mode).isPresent()));
    }

    @Test
    void leavesNothingBehind() throws IOException {
        Table others = new Table(Family.IP, "filter");
        try (Nftables nftables = Nftables.open(node); Nfacct nfacct = Nfacct.open(node)) {
            nftables.commit(new NftBatch().add(others));
            run(ProxyMode.values());
            assertEquals(List.of("filter"), nftables.tables().stream().map(Table::name).toList());
            assertEquals(List.of(), nfacct.list());
        }
    }

    @Test
    void saysWhichSettingIsWrong() throws IOException {
        String feature = "IPv4 packets of Pods are forwarded";
        node.sysctl("net/ipv4/ip_forward", "0");
        CheckReport without = run(ProxyMode.NFTABLES);
        assertEquals(List.of(feature), without.missing(ProxyMode.NFTABLES, Need.USEFUL).stream().map(Finding::feature)
                .filter(feature::equals).toList());
        assertTrue(without.summary(ProxyMode.NFTABLES).contains("net.ipv4.ip_forward = 0"), () -> without.summary(ProxyMode.NFTABLES));

        node.sysctl("net/ipv4/ip_forward", "1");
        assertFalse(run(ProxyMode.NFTABLES).missing(ProxyMode.NFTABLES, Need.USEFUL).stream()
                .anyMatch(finding -> finding.feature().equals(feature)));
    }

    @Test
    void aModeWorksAsLongAsNothingThatItNeedsIsMissing() {
        CheckReport report = new CheckReport("6.1", List.of(
                Finding.both(Need.NEEDED, "both", true, ""),
                Finding.of(ProxyMode.NFTABLES, Need.NEEDED, "maps", false, "EOPNOTSUPP"),
                new Finding("either", Map.of(ProxyMode.IPTABLES, Need.USEFUL), false, "")));
        assertTrue(report.works(ProxyMode.IPTABLES));
        assertFalse(report.works(ProxyMode.NFTABLES));
        assertEquals("kernel 6.1: mode iptables can work; does without either", report.summary(ProxyMode.IPTABLES));
        assertEquals("kernel 6.1: mode nftables cannot work; needs maps (EOPNOTSUPP)", report.summary(ProxyMode.NFTABLES));
    }
}
