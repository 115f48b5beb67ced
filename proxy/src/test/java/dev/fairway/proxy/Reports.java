package dev.fairway.proxy;

import dev.fairway.kube.ObjectKey;
import dev.fairway.proxy.model.Endpoint;
import dev.fairway.proxy.model.Hints;
import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.model.Protocol;
import dev.fairway.proxy.state.Backend;
import dev.fairway.proxy.state.Backends;
import dev.fairway.proxy.state.LocalTraffic;
import dev.fairway.proxy.state.NodeState;
import dev.fairway.proxy.state.PortConfig;
import dev.fairway.proxy.state.PortState;
import dev.fairway.proxy.state.ServicePortName;
import dev.fairway.proxy.state.ServiceState;
import dev.fairway.proxy.state.StateTable;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Sync reports for tests of those who listen to syncs: each applies one change to a state that it keeps. */
public final class Reports {
    private final StateTable state;

    public Reports(IpFamily family) {
        state = new StateTable(family, new NodeState("node-a", "z1", IpAddress.of("127.0.0.1"), new LocalTraffic.Unknown(),
                Optional.empty(), false));
    }

    public static Backend backend(String address, int port, boolean local, boolean ready) {
        return new Backend(new Endpoint(IpAddress.of(address), "n", Hints.NONE, ready, ready, false), port, local);
    }

    /** A Service with one port 80 at {@code address}. */
    public static ServiceState service(
            String name, String address, Protocol protocol, int nodePort, int healthCheckNodePort, Backend... backends) {
        ObjectKey key = new ObjectKey("ns", name);
        List<Backend> all = Arrays.asList(backends);
        PortConfig config = new PortConfig(new ServicePortName(key, "", protocol), IpAddress.of(address), 80, nodePort,
                List.of(), List.of(), List.of(), 0, healthCheckNodePort != 0, false, healthCheckNodePort);
        Backends chosen = new Backends(all, all, all.stream().filter(Backend::local).toList(), all, !all.isEmpty());
        return new ServiceState(key, List.of(new PortState(config, chosen)));
    }

    /** The report of a sync that put this Service. */
    public SyncReport put(ServiceState service) {
        return change(service.key(), Optional.of(service));
    }

    /** The report of a sync that removed a Service. */
    public SyncReport remove(String name) {
        return change(new ObjectKey("ns", name), Optional.empty());
    }

    private SyncReport change(ObjectKey key, Optional<ServiceState> after) {
        Optional<ServiceState> before = state.service(key);
        state.put(key, after);
        return report(List.of(new StateChange(key, before, after)), false);
    }

    /** The report of a sync that found nothing to change. */
    public SyncReport nothing() {
        return report(List.of(), true);
    }

    private SyncReport report(List<StateChange> changes, boolean full) {
        return new SyncReport(state,
                new SyncResult(full, Map.of(), Map.of("nat", 12, "filter", 3), Map.of("nat", 5, "filter", 0)),
                changes, List.of(), Duration.ofMillis(30));
    }
}
