package dev.fairway.controllers.leaderelection;

import java.time.Duration;

/**
 * How a Lease is held.
 *
 * @param identity who holds it; different for every process
 * @param leaseDuration how long others wait for a holder that says nothing more
 * @param renewDeadline after how long without a renewal the holder itself gives up; shorter than the lease
 * @param retryPeriod time between two tries
 */
public record LeaderElectionConfig(
        String namespace,
        String name,
        String identity,
        Duration leaseDuration,
        Duration renewDeadline,
        Duration retryPeriod) {

    public LeaderElectionConfig {
        if (identity.isEmpty()) {
            throw new IllegalArgumentException("identity: must not be empty");
        }
        if (leaseDuration.compareTo(renewDeadline) <= 0) {
            throw new IllegalArgumentException("leaseDuration: must be longer than renewDeadline");
        }
        if (renewDeadline.compareTo(retryPeriod) <= 0) {
            throw new IllegalArgumentException("renewDeadline: must be longer than retryPeriod");
        }
    }

    /** The times of kube-controller-manager: 15 s, 10 s, 2 s. */
    public static LeaderElectionConfig of(String identity) {
        return new LeaderElectionConfig("kube-system", "fairway-controllers", identity,
                Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));
    }
}
