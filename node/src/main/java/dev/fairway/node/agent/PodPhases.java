package dev.fairway.node.agent;

import dev.fairway.kube.KubeObject;

/** Questions about a Pod's phase. */
final class PodPhases {
    private PodPhases() {}

    /** Whether the Pod has run to its end: it never runs again. */
    static boolean ended(KubeObject pod) {
        String phase = pod.string("/status/phase");
        return phase.equals("Succeeded") || phase.equals("Failed");
    }
}
