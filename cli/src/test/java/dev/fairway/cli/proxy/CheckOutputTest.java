package dev.fairway.cli.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.kube.Json;
import dev.fairway.proxy.check.CheckReport;
import dev.fairway.proxy.check.Finding;
import dev.fairway.proxy.check.Finding.Need;
import dev.fairway.proxy.config.ProxyMode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import tools.jackson.databind.node.ObjectNode;

class CheckOutputTest {
    private static final CheckReport REPORT = new CheckReport("6.1.0", List.of(
            new Finding("conntrack", Map.of(ProxyMode.IPTABLES, Need.NEEDED, ProxyMode.NFTABLES, Need.NEEDED), true, ""),
            new Finding("counters", Map.of(ProxyMode.IPTABLES, Need.USEFUL), false, "no nfacct"),
            new Finding("maps", Map.of(ProxyMode.NFTABLES, Need.NEEDED), false, "EOPNOTSUPP")));

    @Test
    void printsATableAndWhatFollowsFromIt() {
        String text = CheckOutput.text.format(REPORT, ProxyMode.NFTABLES);
        assertTrue(text.lines().anyMatch(line -> line.matches("conntrack +needed +needed +yes")), text);
        assertTrue(text.lines().anyMatch(line -> line.matches("counters +useful +- +NO +no nfacct")), text);
        assertTrue(text.endsWith("mode iptables: can work\nmode nftables: cannot work (chosen)\n"), text);
    }

    @Test
    void printsJsonForScripts() {
        ObjectNode json = Json.parseObject(CheckOutput.json.format(REPORT, ProxyMode.IPTABLES).getBytes(StandardCharsets.UTF_8));
        assertEquals("iptables", json.path("mode").asString());
        assertTrue(json.at("/works/iptables").asBoolean());
        assertFalse(json.at("/works/nftables").asBoolean());
        assertEquals("{\"feature\":\"counters\",\"present\":false,\"detail\":\"no nfacct\",\"modes\":{\"iptables\":\"useful\"}}",
                json.at("/features/1").toString());
    }

    @Test
    void theCommandKnowsItsOptions() {
        new CommandLine(new ProxyCommand()).parseArgs("--check", "-o", "json", "--proxy-mode=nftables");
    }
}
