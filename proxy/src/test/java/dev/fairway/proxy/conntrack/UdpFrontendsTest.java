package dev.fairway.proxy.conntrack;

import static dev.fairway.proxy.Reports.backend;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.proxy.Reports;
import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.model.Protocol;
import dev.fairway.proxy.state.ServiceState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UdpFrontendsTest {
    private static final ServiceState DNS = Reports.service("dns", "10.0.0.1", Protocol.UDP, 30053, 0,
            backend("10.1.0.1", 53, true, true), backend("10.1.0.2", 53, false, true), backend("10.1.0.3", 53, false, false));

    private static UdpFrontends.Target target(String text) {
        int colon = text.lastIndexOf(':');
        return new UdpFrontends.Target(IpAddress.of(text.substring(0, colon)), Integer.parseInt(text.substring(colon + 1)));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1:80,10.1.0.1:53,false,a serving endpoint",
        "10.0.0.1:80,10.1.0.2:53,false,one on another node",
        "10.0.0.1:80,10.1.0.3:53,true,one that does not serve",
        "10.0.0.1:80,10.1.0.9:53,true,one that is gone",
        "10.0.0.1:80,10.1.0.1:54,true,the right address at another port",
        "10.0.0.1:80,10.0.0.1:80,true,never translated",
        "10.0.0.1:81,10.1.0.9:53,false,another port of the address",
        "10.0.0.2:80,10.1.0.9:53,false,another address",
        "172.21.0.2:30053,10.1.0.1:53,false,a serving endpoint by the node port",
        "172.21.0.2:30053,10.1.0.9:53,true,one that is gone by the node port",
        "172.21.0.2:30054,10.1.0.9:53,false,another node port",
    })
    void aFlowIsStaleWhenItsAnswersComeFromNoServingEndpoint(String to, String from, boolean stale, String why) {
        UdpFrontends frontends = new UdpFrontends();
        frontends.put(DNS);
        assertEquals(stale, frontends.stale(target(to), target(from)), why);
    }

    @Test
    void onlyUdpMatters() {
        UdpFrontends frontends = new UdpFrontends();
        frontends.put(Reports.service("web", "10.0.0.1", Protocol.TCP, 30080, 0, backend("10.1.0.1", 80, true, true)));
        assertTrue(frontends.isEmpty());
        assertFalse(frontends.overlaps(DNS));
    }

    @Test
    void noFlowStaysAtAPlaceThatIsGone() {
        UdpFrontends frontends = new UdpFrontends();
        frontends.putGone(DNS);
        assertTrue(frontends.stale(target("10.0.0.1:80"), target("10.1.0.1:53")));
        assertTrue(frontends.stale(target("172.21.0.2:30053"), target("10.1.0.1:53")));
    }

    @Test
    void aPlaceThatSomebodyElseHasNowIsNotGone() {
        UdpFrontends frontends = new UdpFrontends();
        frontends.put(Reports.service("new", "10.0.0.9", Protocol.UDP, 30053, 0, backend("10.1.0.1", 53, true, true)));
        assertTrue(frontends.overlaps(DNS));
        frontends.putGone(DNS);
        assertFalse(frontends.stale(target("172.21.0.2:30053"), target("10.1.0.1:53")));
        assertTrue(frontends.stale(target("10.0.0.1:80"), target("10.1.0.1:53")));
    }
}
