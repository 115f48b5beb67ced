package dev.fairway.controllers.disruption;

import static dev.fairway.controllers.Objects.object;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.fairway.controllers.Objects;
import dev.fairway.kube.KubeObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BudgetStatusTest {
    private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");

    private static List<KubeObject> pods(int ready, int unready) {
        List<KubeObject> pods = new ArrayList<>();
        for (int i = 0; i < ready + unready; i++) {
            pods.add(Objects.pod("p" + i, "n", i < ready, ""));
        }
        return pods;
    }

    private static KubeObject budget(String spec, String status) {
        return object("{metadata: {name: 'b', generation: 2}, spec: {" + spec + "}, status: {" + status + "}}");
    }

    @Test
    void budgetsAreCounted() {
        record Case(String spec, int ready, int unready, Optional<Integer> scale, String expected) {}
        for (Case c : List.of(
                new Case("minAvailable: 2", 3, 0, Optional.of(3), "allowed 1, healthy 3, desired 2, expected 3"),
                new Case("minAvailable: 2", 2, 1, Optional.of(3), "allowed 0, healthy 2, desired 2, expected 3"),
                new Case("minAvailable: '50%'", 3, 0, Optional.of(5), "allowed 0, healthy 3, desired 3, expected 5"),
                new Case("maxUnavailable: 1", 3, 0, Optional.of(3), "allowed 1, healthy 3, desired 2, expected 3"),
                new Case("maxUnavailable: '34%'", 3, 0, Optional.of(3), "allowed 2, healthy 3, desired 1, expected 3"),
                new Case("maxUnavailable: 1", 2, 0, Optional.of(3), "allowed 0, healthy 2, desired 2, expected 3"),
                new Case("maxUnavailable: 1", 0, 0, Optional.empty(), "allowed 0, healthy 0, desired 0, expected 0"))) {
            var status = BudgetStatus.of(budget(c.spec(), ""), pods(c.ready(), c.unready()), c.scale(), NOW);
            assertEquals(c.expected(), "allowed " + status.path("disruptionsAllowed").asInt()
                    + ", healthy " + status.path("currentHealthy").asInt()
                    + ", desired " + status.path("desiredHealthy").asInt()
                    + ", expected " + status.path("expectedPods").asInt(), c.toString());
            assertEquals(status.path("disruptionsAllowed").asInt() > 0 ? "SufficientPods" : "InsufficientPods",
                    status.at("/conditions/0/reason").asString());
        }
    }

    @Test
    void grantsCountUntilTheyAreUsedOrOld() {
        KubeObject budget = budget("minAvailable: 1", """
                disruptedPods: {p0: '2026-01-01T00:59:00Z', p1: '2026-01-01T00:50:00Z', gone: '2026-01-01T00:59:00Z'}""");
        var status = BudgetStatus.of(budget, pods(3, 0), Optional.of(3), NOW);
        assertEquals("{\"p0\":\"2026-01-01T00:59:00Z\"}", status.path("disruptedPods").toString());
        assertEquals(2, status.path("currentHealthy").asInt());
        assertEquals(1, status.path("disruptionsAllowed").asInt());
    }
}
