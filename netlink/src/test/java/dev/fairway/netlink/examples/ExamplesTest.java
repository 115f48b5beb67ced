package dev.fairway.netlink.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.netlink.nftables.Chain;
import dev.fairway.netlink.nftables.Family;
import dev.fairway.netlink.nftables.Hook;
import dev.fairway.netlink.nftables.NftBatch;
import dev.fairway.netlink.nftables.Nftables;
import dev.fairway.netlink.nftables.Register;
import dev.fairway.netlink.nftables.Rule;
import dev.fairway.netlink.nftables.Table;
import dev.fairway.netlink.nftables.expr.Counter;
import dev.fairway.netlink.nftables.expr.Ct;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples of docs/netlink.md do what the page says, and are the code that it shows. */
class ExamplesTest {
    private static final int PORT = 8080;

    @Test
    void theBlockListKeepsASenderOutAndLetsItInAgain() throws Exception {
        var sender = InetAddress.ofLiteral(TwoHosts.LEFT);
        try (var hosts = new TwoHosts("fwex" + ProcessHandle.current().pid());
                var blocked = new BlockList(hosts.right());
                var server = hosts.listen(PORT)) {
            hosts.connect(PORT, 60_000).close();
            blocked.block(sender, Duration.ofHours(1));
            assertEquals(1, blocked.size());
            assertThrows(SocketTimeoutException.class, () -> hosts.connect(PORT, 300));
            assertTrue(blocked.unblock(sender));
            assertFalse(blocked.unblock(sender));
            hosts.connect(PORT, 60_000).close();
            assertTrue(server.isBound());
        }
    }

    @Test
    void theKernelKnowsTheConnectionBetweenTwoHosts() throws Exception {
        try (var hosts = new TwoHosts("fwey" + ProcessHandle.current().pid()); var nftables = Nftables.open(hosts.right())) {
            var table = new Table(Family.IP, "tracking");
            var input = Chain.base(table, "input", new Hook(Hook.Type.FILTER, Hook.Point.INPUT, Hook.PRIORITY_FILTER));
            nftables.commit(new NftBatch().add(table).add(input)
                    .append(Rule.of(input, Ct.load(Ct.STATE, Register.R1), new Counter())));
            try (var server = hosts.listen(PORT); var connection = hosts.connect(PORT, 60_000)) {
                var flows = hosts.flows(PORT);
                assertEquals(1, flows.size());
                assertEquals(TwoHosts.LEFT, flows.getFirst().original().source().getHostAddress());
                assertEquals(connection.getLocalPort(), flows.getFirst().original().sourcePort());
                assertTrue(server.isBound());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"BlockList", "TwoHosts"})
    void thePageShowsTheExample(String name) throws Exception {
        var page = Files.readString(Path.of("../docs/netlink.md"));
        var source = Files.readString(Path.of("src/test/java/dev/fairway/netlink/examples/" + name + ".java"));
        var code = source.substring(source.indexOf("/** "));
        assertTrue(page.contains("```java\n" + code + "```"), () -> "docs/netlink.md shows another " + name);
        assertEquals(List.of(), List.of(code.split("\n")).stream().filter(line -> line.length() > 120).toList());
    }
}
