package dev.fairway.controllers;

import dev.fairway.controllers.leaderelection.LeaderElectionConfig;
import java.time.Duration;
import java.util.Optional;

/**
 * What the controllers need to know beside the API.
 *
 * @param rootCa the CA certificates by which Pods know the API server, in PEM; empty to publish none
 * @param leaderElection empty where this process is the only one to run controllers
 * @param nodeMonitorGracePeriod how long a node may be silent before it counts as gone
 */
public record ControllerConfig(
        String rootCa, Optional<LeaderElectionConfig> leaderElection, Duration nodeMonitorGracePeriod) {

    /** No CA, no election, 50 s for silent nodes. */
    public static final ControllerConfig DEFAULT =
            new ControllerConfig("", Optional.empty(), Duration.ofSeconds(50));

    public ControllerConfig withRootCa(String pem) {
        return new ControllerConfig(pem, leaderElection, nodeMonitorGracePeriod);
    }

    public ControllerConfig withLeaderElection(LeaderElectionConfig election) {
        return new ControllerConfig(rootCa, Optional.of(election), nodeMonitorGracePeriod);
    }

    public ControllerConfig withNodeMonitorGracePeriod(Duration grace) {
        return new ControllerConfig(rootCa, leaderElection, grace);
    }
}
