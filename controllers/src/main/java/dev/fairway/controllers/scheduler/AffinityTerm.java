package dev.fairway.controllers.scheduler;

import dev.fairway.kube.KubeObject;
import dev.fairway.kube.LabelSelector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * One required term of Pod affinity or anti-affinity.
 *
 * @param namespaces the namespaces whose Pods count, besides those that the selector finds
 * @param namespaceSelector namespaces by their labels; empty for none
 */
record AffinityTerm(
        String topologyKey,
        LabelSelector selector,
        Set<String> namespaces,
        Optional<LabelSelector> namespaceSelector) {

    static List<AffinityTerm> required(KubeObject pod, String kind) {
        return pod.at("/spec/affinity/" + kind + "/requiredDuringSchedulingIgnoredDuringExecution").valueStream()
                .map(term -> of(pod, term))
                .toList();
    }

    private static AffinityTerm of(KubeObject pod, JsonNode term) {
        Set<String> namespaces = term.path("namespaces").valueStream()
                .map(name -> name.asString(""))
                .collect(Collectors.toSet());
        JsonNode byLabels = term.path("namespaceSelector");
        boolean selects = byLabels.isObject();
        if (namespaces.isEmpty() && !selects) {
            namespaces = Set.of(pod.namespace());
        }
        return new AffinityTerm(
                term.path("topologyKey").asString(""),
                withLabelKeys(LabelSelector.ofJson(term.path("labelSelector")), term, pod.labels()),
                Set.copyOf(namespaces),
                selects ? Optional.of(LabelSelector.ofJson(byLabels)) : Optional.empty());
    }

    /** Adds what {@code matchLabelKeys} and {@code mismatchLabelKeys} ask for. */
    static LabelSelector withLabelKeys(LabelSelector selector, JsonNode term, Map<String, String> labels) {
        List<LabelSelector.Requirement> all = new ArrayList<>(selector.requirements());
        term.path("matchLabelKeys").forEach(key -> Optional.ofNullable(labels.get(key.asString("")))
                .ifPresent(value -> all.add(new LabelSelector.Requirement.In(key.asString(""), Set.of(value)))));
        term.path("mismatchLabelKeys").forEach(key -> Optional.ofNullable(labels.get(key.asString("")))
                .ifPresent(value -> all.add(new LabelSelector.Requirement.NotIn(key.asString(""), Set.of(value)))));
        return new LabelSelector(all);
    }

    /**
     * True where the term speaks of a Pod.
     *
     * @param namespaceLabels the labels of a namespace by its name
     */
    boolean matches(PodInfo other, Function<String, Map<String, String>> namespaceLabels) {
        String namespace = other.pod().namespace();
        boolean counts = namespaces.contains(namespace)
                || namespaceSelector.filter(by -> by.matches(namespaceLabels.apply(namespace))).isPresent();
        return counts && selector.matches(other.labels());
    }
}
