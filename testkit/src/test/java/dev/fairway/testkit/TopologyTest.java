package dev.fairway.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopologyTest {
    private static Topology topology;

    @BeforeAll
    static void create() throws Exception {
        topology = Topology.create();
    }

    @AfterAll
    static void close() throws Exception {
        topology.close();
    }

    @ParameterizedTest
    @CsvSource({
        "host,     TCP 10.180.0.11:8080, pa1, 10.180.0.1",
        "host,     UDP 10.180.1.12:9090, pb2, 172.21.0.2",
        "host,     TCP fd18:1::13:8080,  pb3, fd21::2",
        "pod,      TCP 10.180.1.11:9090, pb1, 10.180.0.11",
        "pod,      UDP fd18::12:8080,    pa2, fd18::11",
        "external, TCP 10.180.1.13:8080, pb3, 172.21.0.100",
        "external, UDP fd18::13:8080,    pa3, fd21::100",
    })
    void podsAnswer(String place, String target, String pod, String source) throws Exception {
        var outcome = Prober.from(topology.place(place)).tries(3).probe(Prober.Target.parse(target));
        assertEquals(Map.of(pod, Set.of(source)), outcome.endpoints());
        assertEquals(Set.of(), outcome.failures());
        assertEquals(Map.of(pod + " " + source, 3), outcome.counts());
    }

    @Test
    void failuresAreTold() throws Exception {
        var prober = Prober.from(topology.place("pod")).timeout(java.time.Duration.ofMillis(200));
        var refused = List.of(Prober.Target.parse("TCP 10.180.0.12:7"), Prober.Target.parse("UDP 10.180.0.12:7"));
        prober.probe(refused).forEach((target, outcome) ->
                assertEquals(Set.of("refused"), outcome.failures(), target.toString()));
        // The client drops what is not its own, so an address that nobody has is never answered.
        assertEquals(Set.of("timeout"), prober.tcp("10.100.0.10", 80).failures());
        assertEquals(Map.of("timeout", 3), prober.udp("10.100.0.10", 80).counts());
    }

    @ParameterizedTest
    @CsvSource({"fd18::11, fd18::11", "fd18:0:0:1::, fd18:0:0:1::", "::, ::", "1:0:0:2:0:0:0:3, 1:0:0:2::3",
        "1:0:2:3:4:5:6:7, 1:0:2:3:4:5:6:7", "::1, ::1", "10.0.0.1, 10.0.0.1"})
    void addressesAsText(String literal, String text) {
        assertEquals(text, EchoServer.text(InetAddress.ofLiteral(literal)));
    }

    @Test
    void unknownNamesAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> topology.host("pz9"));
        assertThrows(IllegalArgumentException.class, () -> topology.place("moon"));
        assertThrows(IllegalArgumentException.class, () -> Prober.Target.parse("10.0.0.1:80"));
    }
}
