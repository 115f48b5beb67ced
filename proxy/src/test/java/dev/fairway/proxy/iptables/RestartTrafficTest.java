package dev.fairway.proxy.iptables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.proxy.Objects;
import dev.fairway.proxy.model.EndpointSlice;
import dev.fairway.proxy.model.Protocol;
import dev.fairway.proxy.model.Service;
import dev.fairway.proxy.model.ServicePort;
import dev.fairway.testkit.Prober;
import dev.fairway.testkit.Prober.Outcome;
import dev.fairway.testkit.Topology;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** New connections all the while, from outside and from the node, as proxies come, change rules and go: none may fail. */
class RestartTrafficTest {
    private static final int RESTARTS = 20;

    @Test
    void noConnectionFailsAcrossRestartsChangesAndTakeover() throws Exception {
        Service web = Objects.service("web", "10.100.0.10", new ServicePort("", Protocol.TCP, 80, 30_080));
        EndpointSlice both = Objects.slice("web", "10.180.0.11", "10.180.1.11");
        try (Topology topology = Topology.create(); ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (String pod : List.of("pa1", "pa2", "pb1")) {
                topology.host(pod).sysctl("net/ipv4/tcp_max_tw_buckets", "0");
            }
            Rig.start(topology.node(), List.of(web), List.of(both)).close();
            AtomicBoolean done = new AtomicBoolean();
            List<Future<Set<String>>> probes = List.of(
                    threads.submit(probing(done, Prober.from(topology.place("external")), "172.21.0.2", 30_080)),
                    threads.submit(probing(done, Prober.from(topology.place("host")), "10.100.0.10", 80)));
            for (int i = 0; i < RESTARTS; i++) {
                EndpointSlice slice = i % 2 == 0 ? both : Objects.slice("web", "10.180.0.11", "10.180.0.12", "10.180.1.11");
                List<Service> services = new ArrayList<>(List.of(web, Objects.service("other" + i, "10.100.1." + i)));
                Collections.rotate(services, i);
                try (Rig rig = Rig.start(topology.node(), services, List.of(slice))) {
                    assertTrue(rig.last().result().failed().isEmpty());
                }
            }
            done.set(true);
            for (Future<Set<String>> probe : probes) {
                assertEquals(Set.of(), probe.get());
            }
        }
    }

    /** Connects until told to stop; answers with what failed. */
    private static Callable<Set<String>> probing(AtomicBoolean done, Prober prober, String address, int port) {
        return () -> {
            while (!done.get()) {
                Outcome outcome = prober.tcp(address, port);
                if (!outcome.failures().isEmpty()) {
                    return outcome.failures();
                }
            }
            return Set.of();
        };
    }
}
