package dev.fairway.proxy.iptables;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.fairway.proxy.Scenario;
import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.model.IpFamily;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules computed for each recorded scenario are those that kube-proxy wrote. */
class ScenarioRulesTest {
    static Stream<Scenario> scenarios() {
        return Scenario.all();
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void rulesEqualTheRecordingOfIpv4(Scenario scenario) throws IOException {
        assertEquals(recorded(scenario, "iptables.ipv4.txt"), computed(scenario, IpFamily.IPV4));
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void rulesEqualTheRecordingOfIpv6(Scenario scenario) throws IOException {
        assertEquals(recorded(scenario, "iptables.ipv6.txt"), computed(scenario, IpFamily.IPV6));
    }

    private static String computed(Scenario scenario, IpFamily family) {
        return Rulesets.text(Wanted.of(scenario.tracker(), scenario.options(), family,
                List.of(IpAddress.of("127.0.0.1"), IpAddress.of("172.21.0.2"), IpAddress.of("10.180.0.1"))));
    }

    private static String recorded(Scenario scenario, String file) throws IOException {
        return Rulesets.text(SavedRules.parse(new BufferedReader(new StringReader(scenario.text(file)))));
    }
}
