package dev.fairway.node.agent;

/** Why a whole Pod has failed, as its status tells it; the words are kubelet's. */
record PodFailure(String reason, String message) {
    static final PodFailure DEADLINE_EXCEEDED =
            new PodFailure("DeadlineExceeded", "Pod was active on the node longer than the specified deadline");
}
