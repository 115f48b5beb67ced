package dev.fairway.proxy.health;

import static dev.fairway.proxy.Reports.backend;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.kube.ObjectKey;
import dev.fairway.proxy.Reports;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.model.Protocol;
import dev.fairway.proxy.state.ServiceState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ServiceHealthTest {
    private static final ObjectKey WEB = new ObjectKey("ns", "web");

    private final Set<Integer> taken = new HashSet<>();
    private final List<String> done = new ArrayList<>();
    private final AtomicBoolean healthy = new AtomicBoolean(true);
    private final Reports ipv4 = new Reports(IpFamily.IPV4);
    private final Reports ipv6 = new Reports(IpFamily.IPV6);
    private final ServiceHealth health = new ServiceHealth((service, port, self) -> {
        if (taken.contains(port)) {
            throw new IOException("taken");
        }
        done.add("open " + port);
        return () -> done.add("close " + port);
    }, (service, port, why) -> done.add("failed " + port), healthy::get);

    private static ServiceState web(int healthCheckNodePort, int local, int remote) {
        return Reports.service("web", "10.0.0.1", Protocol.TCP, 0, healthCheckNodePort,
                java.util.stream.IntStream.range(0, local + remote)
                        .mapToObj(i -> backend("10.0.1." + i, 80, i < local, true))
                        .toArray(dev.fairway.proxy.state.Backend[]::new));
    }

    private int status() {
        return health.answer(WEB).orElseThrow().status();
    }

    @Test
    void opensCountsAndCloses() {
        health.synced(ipv4.put(web(32000, 2, 1)));
        assertEquals(Optional.of(new ServiceHealth.Answer(2, true)), health.answer(WEB));
        health.synced(ipv4.put(web(32000, 0, 1)));
        assertEquals(503, status());
        health.synced(ipv4.put(web(32000, 1, 0)));
        assertEquals(200, status());
        health.synced(ipv4.put(web(32001, 1, 0)));
        health.synced(ipv4.put(web(0, 1, 0)));
        assertEquals(Optional.empty(), health.answer(WEB));
        assertEquals(List.of("open 32000", "close 32000", "open 32001", "close 32001"), done);
    }

    @Test
    void anUnhealthyProxyIsNoGoal() {
        health.synced(ipv4.put(web(32000, 2, 1)));
        healthy.set(false);
        assertEquals(503, status());
        assertEquals(Optional.of(new ServiceHealth.Answer(2, false)), health.answer(WEB));
    }

    @Test
    void endpointsThatAreNotReadyDoNotCount() {
        health.synced(ipv4.put(Reports.service("web", "10.0.0.1", Protocol.TCP, 0, 32000,
                backend("10.0.1.1", 80, true, false), backend("10.0.1.2", 80, true, true))));
        assertEquals(1, health.answer(WEB).orElseThrow().localEndpoints());
    }

    @Test
    void aDualStackServiceHasOneServerAndCountsItsPodsOnce() {
        health.synced(ipv4.put(web(32000, 2, 1)));
        health.synced(ipv6.put(Reports.service("web", "fd00::1", Protocol.TCP, 0, 32000,
                backend("fd00::11", 80, true, true), backend("fd00::12", 80, true, true))));
        assertEquals(2, health.answer(WEB).orElseThrow().localEndpoints());
        health.synced(ipv4.remove("web"));
        assertEquals(2, health.answer(WEB).orElseThrow().localEndpoints());
        health.synced(ipv6.remove("web"));
        assertEquals(List.of("open 32000", "close 32000"), done);
    }

    @Test
    void aTakenPortIsToldOfOnceAndTriedWithEachSync() {
        taken.add(32000);
        health.synced(ipv4.put(web(32000, 2, 1)));
        health.synced(ipv4.nothing());
        assertEquals(List.of("failed 32000"), done);
        taken.clear();
        health.synced(ipv4.nothing());
        assertEquals(List.of("failed 32000", "open 32000"), done);
        assertEquals(200, status());
    }

    @Test
    void closingEndsAllAndOpensNoMore() {
        health.synced(ipv4.put(web(32000, 2, 1)));
        health.close();
        health.synced(ipv4.put(web(32001, 2, 1)));
        assertEquals(List.of("open 32000", "close 32000"), done);
        assertTrue(health.answer(WEB).isEmpty());
    }
}
