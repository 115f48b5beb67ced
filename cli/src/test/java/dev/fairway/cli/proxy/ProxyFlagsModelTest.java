package dev.fairway.cli.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.proxy.config.ProxyFlag;
import dev.fairway.proxy.config.RetiredFlag;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** Command lines as manifests have them. */
class ProxyFlagsModelTest {
    private static ParseResult parse(String... words) {
        return ProxyMain.commandLine().parseArgs(words);
    }

    @Test
    void wordsMayBeJoinedByUnderscores() {
        assertEquals(Map.of(ProxyFlag.BIND_ADDRESS, "10.0.0.1", ProxyFlag.MASQUERADE_ALL, "true", ProxyFlag.V, "3"),
                ProxyFlagsModel.given(parse("--bind_address=10.0.0.1", "--masquerade_all", "-v=3")));
    }

    @Test
    void theLastValueCountsAndListsGrow() {
        assertEquals(Map.of(ProxyFlag.V, "4", ProxyFlag.NODEPORT_ADDRESSES, "10.0.0.0/8,fd00::/8", ProxyFlag.CLEANUP, "false"),
                ProxyFlagsModel.given(parse("-v", "2", "--v", "4", "--nodeport-addresses=10.0.0.0/8",
                        "--nodeport_addresses", "fd00::/8", "--cleanup", "--cleanup=false")));
    }

    @Test
    void whatKlogHadIsTakenAndDoesNothing() {
        ParseResult parsed = parse("--logtostderr", "--alsologtostderr=true", "--log_file=/var/log/kube-proxy.log",
                "--log-file-max-size", "1800", "--stderrthreshold=2", "--proxy-port-range=0-0");
        assertEquals(Map.of(ProxyFlag.PROXY_PORT_RANGE, "0-0"), ProxyFlagsModel.given(parsed));
        assertEquals(List.of(RetiredFlag.ALSOLOGTOSTDERR, RetiredFlag.LOG_FILE, RetiredFlag.LOG_FILE_MAX_SIZE,
                RetiredFlag.LOGTOSTDERR, RetiredFlag.STDERRTHRESHOLD), ProxyFlagsModel.retired(parsed));
        assertFalse(ProxyMain.commandLine().getUsageMessage().contains("logtostderr"));
    }

    @Test
    void anUnknownFlagIsNamedWithoutAllTheOthers() {
        StringWriter err = new StringWriter();
        CommandLine command = ProxyMain.commandLine().setErr(new PrintWriter(err, true));
        assertEquals(1, command.execute("--no-such-flag"));
        assertTrue(err.toString().contains("--no-such-flag"), err::toString);
        assertTrue(err.toString().lines().count() <= 2, err::toString);
        err.getBuffer().setLength(0);
        assertEquals(1, command.execute("--vmodule=a=1", "word"));
        assertTrue(err.toString().contains("word") && err.toString().lines().count() <= 2, err::toString);
    }
}
