package dev.fairway.proxy.cleanup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.proxy.server.ProxyLeftovers;
import dev.fairway.testkit.TestNamespaces;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(120)
class CleanupTest {
    @RegisterExtension
    final TestNamespaces namespaces = new TestNamespaces();

    private NetworkNamespace node;

    @BeforeEach
    void open() throws IOException {
        node = namespaces.create();
    }

    private String run(String input, String... command) throws Exception {
        Process process = node.processBuilder(command).redirectErrorStream(true).start();
        try (var in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), output);
        return output;
    }

    private List<String> rules(String program) throws Exception {
        return run("", program + "-save").lines().filter(line -> line.startsWith("-A") || line.startsWith(":KUBE")).map(
                line -> line.startsWith(":") ? line.substring(0, line.indexOf(' ')) : line).toList();
    }

    @Test
    void takesAwayTheProxysRulesAndLeavesOthers() throws Exception {
        ProxyLeftovers.make(node);
        assertTrue(rules("iptables").stream().anyMatch(rule -> rule.startsWith(":KUBE-SVC-")));
        assertTrue(rules("ip6tables").stream().anyMatch(rule -> rule.contains("KUBE-SERVICES")));
        for (String program : List.of("iptables", "ip6tables")) {
            run("*nat\n:KUBE-KUBELET-CANARY - [0:0]\n:MINE - [0:0]\n-A MINE -m comment --comment \"jump -j KUBE-SERVICES\" -j RETURN\n"
                    + "-A PREROUTING -j MINE\nCOMMIT\n", program + "-restore", "--noflush");
        }
        assertTrue(new Cleanup(Optional.of(node)).iptables());
        for (String program : List.of("iptables", "ip6tables")) {
            assertEquals(List.of(":KUBE-KUBELET-CANARY", "-A PREROUTING -j MINE",
                    "-A MINE -m comment --comment \"jump -j KUBE-SERVICES\" -j RETURN"),
                    rules(program).stream().filter(rule -> !rule.contains("KUBE-FIREWALL")).toList());
        }
        // kubelet makes the same chain, which guards 127.0.0.1, so that kube-proxy leaves it, too.
        assertTrue(rules("iptables").contains("-A INPUT -j KUBE-FIREWALL"));
        assertFalse(new Cleanup(Optional.of(node)).iptables());
    }

    @Test
    void aMasqueradeChainThatOthersUseStays() throws Exception {
        run("*nat\n:KUBE-MARK-MASQ - [0:0]\n:KUBE-SERVICES - [0:0]\n:CNI - [0:0]\n-A CNI -j KUBE-MARK-MASQ\n"
                + "-A KUBE-SERVICES -j KUBE-MARK-MASQ\n-A OUTPUT -j KUBE-SERVICES\nCOMMIT\n", "iptables-restore", "--noflush");
        new Cleanup(Optional.of(node)).iptables();
        assertEquals(List.of(":KUBE-MARK-MASQ", "-A CNI -j KUBE-MARK-MASQ"), rules("iptables"));
    }

    @Test
    void manyChainsGoInPieces() {
        StringBuilder saved = new StringBuilder("*nat\n");
        for (int i = 0; i < 1_234; i++) {
            saved.append(":KUBE-SEP-%016d - [0:0]%n".formatted(i));
        }
        List<String> inputs = IptablesLeftovers.find(saved.toString().lines()).getFirst().removal();
        assertEquals(1 + 3 + 3, inputs.size());
        assertTrue(inputs.stream().allMatch(input -> input.startsWith("*nat\n") && input.endsWith("COMMIT\n")));
        assertEquals(1_234, inputs.stream().flatMap(String::lines).filter(line -> line.startsWith("-X ")).count());
    }

    @Test
    void takesAwayTheTablesOfModeNftables() throws Exception {
        run("add table ip kube-proxy\nadd table ip6 kube-proxy\nadd chain ip kube-proxy c\nadd table ip mine\n", "nft", "-f", "-");
        assertTrue(new Cleanup(Optional.of(node)).nftables());
        assertEquals("table ip mine\n", run("", "nft", "list", "tables"));
        assertFalse(new Cleanup(Optional.of(node)).nftables());
    }
}
