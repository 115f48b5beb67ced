package dev.fairway.controllers.scheduler;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;

/** Why a Pod cannot go to a node, in upstream's words; the first filter that refuses speaks alone. */
final class Filters {
    private static final Taint UNSCHEDULABLE = new Taint("node.kubernetes.io/unschedulable", "", "NoSchedule");

    private final Collection<NodeInfo> nodes;
    private final Function<String, Map<String, String>> namespaceLabels;

    Filters(Collection<NodeInfo> nodes, Function<String, Map<String, String>> namespaceLabels) {
        this.nodes = nodes;
        this.namespaceLabels = namespaceLabels;
    }

    /** The reasons against a node; none where the Pod may go there. */
    List<String> reasons(PodInfo pod, NodeInfo node) {
        if (node.unschedulable() && !UNSCHEDULABLE.toleratedBy(pod.tolerations())) {
            return List.of("node(s) were unschedulable");
        }
        if (node.taints().stream().anyMatch(taint -> taint.blocks() && !taint.toleratedBy(pod.tolerations()))) {
            return List.of("node(s) had untolerated taint(s)");
        }
        if (!NodeSelector.matches(pod.pod(), node.name(), node.labels())) {
            return List.of("node(s) didn't match Pod's node affinity/selector");
        }
        if (!pod.hostPorts().isEmpty() && node.pods().values().stream().anyMatch(pod::portsClash)) {
            return List.of("node(s) didn't have free ports for the requested pod ports");
        }
        List<String> lacking = lacking(pod, node);
        if (!lacking.isEmpty()) {
            return lacking;
        }
        List<String> spread = TopologySpread.reasons(pod, node, nodes);
        return spread.isEmpty() ? affinity(pod, node) : spread;
    }

    private static List<String> lacking(PodInfo pod, NodeInfo node) {
        List<String> reasons = new ArrayList<>();
        if (free(node, Resources.PODS) < pod.requests().get(Resources.PODS)) {
            reasons.add("Too many pods");
        }
        for (String resource : new TreeSet<>(pod.requests().milli().keySet())) {
            long wanted = pod.requests().get(resource);
            if (!resource.equals(Resources.PODS) && wanted > 0 && free(node, resource) < wanted) {
                reasons.add("Insufficient " + resource);
            }
        }
        return reasons;
    }

    private static long free(NodeInfo node, String resource) {
        return node.allocatable().get(resource) - node.requested().get(resource);
    }

    private List<String> affinity(PodInfo pod, NodeInfo node) {
        for (AffinityTerm term : pod.affinity()) {
            if (!affine(pod, term, node)) {
                return List.of("node(s) didn't match pod affinity rules");
            }
        }
        for (AffinityTerm term : pod.antiAffinity()) {
            if (near(term, node, term)) {
                return List.of("node(s) didn't match pod anti-affinity rules");
            }
        }
        return repelled(pod, node)
                ? List.of("node(s) didn't satisfy existing pods anti-affinity rules")
                : List.of();
    }

    /** A first Pod of a group that asks for its own company is let in anywhere that has the topology label. */
    private boolean affine(PodInfo pod, AffinityTerm term, NodeInfo node) {
        if (!node.labels().containsKey(term.topologyKey())) {
            return false;
        }
        if (near(term, node, term)) {
            return true;
        }
        boolean anywhere = nodes.stream().anyMatch(other -> holds(other, term));
        return !anywhere && term.matches(pod, namespaceLabels);
    }

    private boolean near(AffinityTerm term, NodeInfo node, AffinityTerm wanted) {
        String domain = node.labels().get(term.topologyKey());
        return domain != null && nodes.stream()
                .filter(other -> domain.equals(other.labels().get(term.topologyKey())))
                .anyMatch(other -> holds(other, wanted));
    }

    private boolean holds(NodeInfo node, AffinityTerm term) {
        return node.pods().values().stream().anyMatch(pod -> term.matches(pod, namespaceLabels));
    }

    private boolean repelled(PodInfo pod, NodeInfo node) {
        for (NodeInfo other : nodes) {
            for (PodInfo existing : other.pods().values()) {
                for (AffinityTerm term : existing.antiAffinity()) {
                    String domain = other.labels().get(term.topologyKey());
                    if (domain != null && domain.equals(node.labels().get(term.topologyKey()))
                            && term.matches(pod, namespaceLabels)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }
}
