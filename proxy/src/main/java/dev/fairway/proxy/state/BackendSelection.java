package dev.fairway.proxy.state;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Chooses the endpoints that each kind of traffic may use: ready ones, or, where there are none, those that still serve
 * while they terminate (KEP-1669); topology hints narrow the choice for the policy Cluster (KEP-2433, KEP-3015).
 */
final class BackendSelection {
    /** Which hints count for a port. */
    private enum Topology {
        NONE,
        SAME_ZONE,
        SAME_NODE
    }

    private final String node;
    private final String zone;

    BackendSelection(String node, String zone) {
        this.node = node;
        this.zone = zone;
    }

    /** @param all sorted by text, without duplicates */
    Backends select(PortConfig port, List<Backend> all) {
        if (all.isEmpty()) {
            return Backends.NONE;
        }
        Topology topology = port.usesClusterEndpoints() ? topology(all) : Topology.NONE;
        List<Backend> cluster = port.usesClusterEndpoints() ? cluster(all, topology) : List.of();
        if (!port.usesLocalEndpoints()) {
            return new Backends(all, cluster, List.of(), cluster, !cluster.isEmpty());
        }
        List<Backend> localReady = filter(all, backend -> backend.local() && backend.ready());
        List<Backend> local = localReady.isEmpty()
                ? filter(all, backend -> backend.local() && backend.servingTerminating())
                : localReady;
        boolean usable = !cluster.isEmpty() || all.stream().anyMatch(b -> b.ready() || b.servingTerminating());
        if (!port.usesClusterEndpoints()) {
            return new Backends(all, List.of(), local, local, usable);
        }
        boolean clusterHoldsLocal = topology == Topology.NONE && (!localReady.isEmpty() || local.isEmpty());
        return new Backends(all, cluster, local, clusterHoldsLocal ? cluster : union(cluster, local), usable);
    }

    private List<Backend> cluster(List<Backend> all, Topology topology) {
        List<Backend> ready = filter(all, backend -> backend.ready() && isNear(backend, topology));
        return ready.isEmpty() ? filter(all, Backend::servingTerminating) : ready;
    }

    private boolean isNear(Backend backend, Topology topology) {
        return switch (topology) {
            case NONE -> true;
            case SAME_ZONE -> backend.endpoint().hints().zones().contains(zone);
            case SAME_NODE -> backend.endpoint().hints().nodes().contains(node);
        };
    }

    /** Hints of a kind count only if every ready endpoint has one and at least one of them is meant for here. */
    private Topology topology(List<Backend> all) {
        List<Backend> ready = filter(all, Backend::ready);
        if (ready.isEmpty()) {
            return Topology.NONE;
        }
        if (ready.stream().noneMatch(b -> b.endpoint().hints().nodes().isEmpty())
                && ready.stream().anyMatch(b -> isNear(b, Topology.SAME_NODE))) {
            return Topology.SAME_NODE;
        }
        if (ready.stream().noneMatch(b -> b.endpoint().hints().zones().isEmpty())
                && ready.stream().anyMatch(b -> isNear(b, Topology.SAME_ZONE))) {
            return Topology.SAME_ZONE;
        }
        return Topology.NONE;
    }

    /** Gives the list itself where all match: at scale nearly every list is its own filtering. */
    private static List<Backend> filter(List<Backend> all, Predicate<Backend> predicate) {
        int matching = 0;
        for (Backend backend : all) {
            if (predicate.test(backend)) {
                matching++;
            }
        }
        if (matching == all.size()) {
            return all;
        }
        List<Backend> some = new ArrayList<>(matching);
        for (Backend backend : all) {
            if (predicate.test(backend)) {
                some.add(backend);
            }
        }
        return List.copyOf(some);
    }

    private static List<Backend> union(List<Backend> one, List<Backend> other) {
        TreeMap<String, Backend> byText = new TreeMap<>();
        one.forEach(backend -> byText.put(backend.toString(), backend));
        other.forEach(backend -> byText.put(backend.toString(), backend));
        return List.copyOf(byText.values());
    }
}
