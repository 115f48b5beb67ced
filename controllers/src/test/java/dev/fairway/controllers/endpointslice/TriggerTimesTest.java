package dev.fairway.controllers.endpointslice;

import static dev.fairway.controllers.Objects.object;
import static dev.fairway.controllers.Objects.pod;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.fairway.kube.KubeObject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TriggerTimesTest {
    private static final KubeObject SERVICE = object(
            "{metadata: {namespace: 'ns', name: 's', creationTimestamp: '2026-01-01T00:00:00Z'}}");

    @Test
    void theEarliestChangeSinceTheLastLookCounts() {
        TriggerTimes times = new TriggerTimes();
        KubeObject a = pod("a", "n", true, "2026-01-01T00:00:05Z");
        assertEquals(Optional.of(Instant.parse("2026-01-01T00:00:00Z")), times.next(SERVICE, List.of(a)));
        assertEquals(Optional.empty(), times.next(SERVICE, List.of(a)));
        KubeObject b = pod("b", "n", true, "2026-01-01T00:00:09Z");
        KubeObject later = pod("a", "n", false, "2026-01-01T00:00:07Z");
        assertEquals(Optional.of(Instant.parse("2026-01-01T00:00:07Z")), times.next(SERVICE, List.of(later, b)));
        times.forget(SERVICE.key());
        assertEquals(Optional.of(Instant.parse("2026-01-01T00:00:00Z")), times.next(SERVICE, List.of(later, b)));
    }
}
