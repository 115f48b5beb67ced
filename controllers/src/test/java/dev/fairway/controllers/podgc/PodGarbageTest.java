package dev.fairway.controllers.podgc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.fairway.controllers.Objects;
import dev.fairway.kube.KubeObject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PodGarbageTest {
    private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");

    private static KubeObject pod(String name, String node, boolean deleting, String phase) {
        KubeObject pod = Objects.pod(name, node, true, "");
        pod.status().put("phase", phase);
        if (deleting) {
            pod.metadata().put("deletionTimestamp", "2026-01-01T00:00:00Z");
        }
        return pod;
    }

    @Test
    void onlyWhatNobodyElseCleansUpGoes() {
        PodGarbage garbage = PodGarbage.of(
                List.of(
                        pod("running", "a", false, "Running"),
                        pod("going", "a", true, "Running"),
                        pod("stuck", "", true, "Pending"),
                        pod("waiting", "", false, "Pending"),
                        pod("orphan", "gone", false, "Running"),
                        pod("fresh", "justgone", false, "Running"),
                        pod("unplugged", "off", true, "Running"),
                        pod("unplugged-kept", "off", false, "Running")),
                Set.of("a", "off"),
                Set.of("off"),
                Map.of("gone", NOW.minusSeconds(41), "justgone", NOW.minusSeconds(10)),
                100, NOW);
        assertEquals(List.of("stuck", "orphan", "unplugged"),
                garbage.delete().stream().map(victim -> victim.pod().name()).toList());
        assertEquals(Optional.of(NOW.plusSeconds(30)), garbage.checkAgain());
    }

    @Test
    void theOldestEndedPodsGoWhenThereAreTooMany() {
        KubeObject old = pod("old", "a", false, "Failed");
        old.metadata().put("creationTimestamp", "2025-01-01T00:00:00Z");
        PodGarbage garbage = PodGarbage.of(
                List.of(pod("new", "a", false, "Succeeded"), old, pod("newer", "a", false, "Succeeded")),
                Set.of("a"), Set.of(), Map.of(), 2, NOW);
        assertEquals(List.of("old"), garbage.delete().stream().map(victim -> victim.pod().name()).toList());
    }
}
