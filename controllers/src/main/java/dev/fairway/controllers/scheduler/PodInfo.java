package dev.fairway.controllers.scheduler;

import dev.fairway.kube.KubeObject;
import dev.fairway.kube.OwnerReference;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * A Pod as the scheduler sees it, read once per version.
 *
 * @param owner the UID of its controller, by which replicas of one set are known; empty for none
 * @param hostPorts {@code protocol/hostIP/port} of every port it takes on its node
 */
record PodInfo(
        KubeObject pod,
        Map<String, String> labels,
        String owner,
        Resources requests,
        Set<String> hostPorts,
        List<Toleration> tolerations,
        List<AffinityTerm> affinity,
        List<AffinityTerm> antiAffinity) {

    static PodInfo of(KubeObject pod) {
        return new PodInfo(
                pod,
                pod.labels(),
                pod.controllerRef().map(OwnerReference::uid).orElse(""),
                Resources.requestedBy(pod),
                hostPorts(pod),
                Toleration.of(pod),
                AffinityTerm.required(pod, "podAffinity"),
                AffinityTerm.required(pod, "podAntiAffinity"));
    }

    String uid() {
        return pod.uid();
    }

    private static Set<String> hostPorts(KubeObject pod) {
        Set<String> ports = new HashSet<>();
        for (JsonNode container : pod.at("/spec/containers")) {
            for (JsonNode port : container.path("ports")) {
                int number = port.path("hostPort").asInt(0);
                if (number > 0) {
                    String ip = port.path("hostIP").asString("");
                    ports.add(port.path("protocol").asString("TCP") + "/"
                            + (ip.isEmpty() ? "0.0.0.0" : ip) + "/" + number);
                }
            }
        }
        return Set.copyOf(ports);
    }

    /** Two Pods want one port, on the same address or one of them on all. */
    boolean portsClash(PodInfo other) {
        for (String mine : hostPorts) {
            for (String theirs : other.hostPorts) {
                String[] a = mine.split("/");
                String[] b = theirs.split("/");
                boolean sameAddress = a[1].equals(b[1]) || a[1].equals("0.0.0.0") || b[1].equals("0.0.0.0");
                if (sameAddress && a[0].equals(b[0]) && a[2].equals(b[2])) {
                    return true;
                }
            }
        }
        return false;
    }
}
