package dev.fairway.controllers.statefulset;

import static dev.fairway.controllers.Objects.object;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.controllers.Objects;
import dev.fairway.controllers.pods.Pods;
import dev.fairway.kube.KubeObject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class StatefulSetPlanTest {
    private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");

    private static KubeObject set(String spec) {
        return object("""
                {apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: {namespace: 'ns', name: 'db', uid: 's', generation: 1},
                 spec: {serviceName: 'db', selector: {matchLabels: {app: 'db'}},
                        template: {metadata: {labels: {app: 'db'}}, spec: {containers: [{name: 'c'}]}} %s}}
                """.formatted(spec.isEmpty() ? "" : ", " + spec));
    }

    /** A Pod after its name, its revision and its state: + ready, - not ready, x being deleted, ! failed. */
    private static KubeObject pod(String text) {
        String[] parts = text.split("[@+!x-](?=[^@]*$)|@");
        String name = "db-" + parts[0];
        char state = text.charAt(text.length() - 1);
        KubeObject pod = Objects.pod(name, "n", state == '+' || state == 'x', "2026-01-01T00:00:00Z");
        pod.metadata().withObject("/labels").put("controller-revision-hash", parts[1]);
        if (state == 'x') {
            pod.metadata().put("deletionTimestamp", "2026-01-01T00:00:00Z");
        } else if (state == '!') {
            pod.status().put("phase", "Failed");
        }
        return pod;
    }

    private static String plan(String spec, String pods) {
        List<KubeObject> list = pods.isEmpty() ? List.of() : Stream.of(pods.split(" ")).map(StatefulSetPlanTest::pod).toList();
        StatefulSetPlan plan = StatefulSetPlan.of(set(spec), list, "r1", "r2", NOW);
        return Stream.concat(
                        plan.create().stream().map(creation -> "create " + creation.ordinal() + "@" + creation.revision()),
                        plan.delete().stream().map(pod -> "delete " + pod.name().substring(3)))
                .reduce((a, b) -> a + ", " + b).orElse("");
    }

    @Test
    void movesAreMadeInOrder() {
        record Case(String spec, String pods, String expected) {}
        String parallel = ", podManagementPolicy: 'Parallel'";
        for (Case c : List.of(
                new Case("replicas: 3", "", "create 0@r2"),
                new Case("replicas: 3", "0@r2-", ""),
                new Case("replicas: 3", "0@r2+", "create 1@r2"),
                new Case("replicas: 3" + parallel, "", "create 0@r2, create 1@r2, create 2@r2"),
                new Case("replicas: 2, ordinals: {start: 5}", "5@r2+", "create 6@r2"),
                new Case("replicas: 3", "0@r2+ 1@r2! 2@r2+", "delete 1"),
                new Case("replicas: 3", "0@r2+ 1@r2x 2@r2+", ""),
                new Case("replicas: 1", "0@r2+ 1@r2+ 2@r2+", "delete 2"),
                new Case("replicas: 1", "0@r2+ 1@r2+ 2@r2x", ""),
                new Case("replicas: 1", "0@r2- 1@r2+", ""),
                new Case("replicas: 0" + parallel, "0@r2+ 1@r2+", "delete 1, delete 0"),
                new Case("replicas: 3", "0@r1+ 1@r1+ 2@r1+", "delete 2"),
                new Case("replicas: 3", "0@r1+ 1@r1+ 2@r2-", ""),
                new Case("replicas: 3", "0@r1+ 1@r1+ 2@r2+", "delete 1"),
                new Case("replicas: 3, updateStrategy: {rollingUpdate: {partition: 2}}", "0@r1+ 1@r1+ 2@r2+", ""),
                new Case("replicas: 3, updateStrategy: {rollingUpdate: {partition: 2}}", "0@r1+ 2@r2+", "create 1@r1"),
                new Case("replicas: 3, updateStrategy: {type: 'OnDelete'}", "0@r1+ 1@r1+ 2@r1+", ""),
                new Case("replicas: 3, updateStrategy: {type: 'OnDelete'}", "0@r1+ 1@r1+", "create 2@r2"),
                new Case("replicas: 4, updateStrategy: {rollingUpdate: {maxUnavailable: 2}}" + parallel,
                        "0@r1+ 1@r1+ 2@r1+ 3@r1+", "delete 3, delete 2"))) {
            assertEquals(c.expected(), plan(c.spec(), c.pods()), c.toString());
        }
    }

    @Test
    void podsCarryTheirIdentity() {
        KubeObject pod = StatefulPods.pod(
                set("volumeClaimTemplates: [{metadata: {name: 'data'}, spec: {accessModes: ['ReadWriteOnce']}}]"), 7,
                set("").at("/spec/template"), "db-abc");
        assertEquals("db-7", pod.name());
        assertEquals(Map.of("app", "db", "statefulset.kubernetes.io/pod-name", "db-7",
                "apps.kubernetes.io/pod-index", "7", "controller-revision-hash", "db-abc"), pod.labels());
        assertEquals("db-7", pod.string("/spec/hostname"));
        assertEquals("db", pod.string("/spec/subdomain"));
        assertEquals("data-db-7", pod.string("/spec/volumes/0/persistentVolumeClaim/claimName"));
    }

    @Test
    void onlyOwnNamesHaveOrdinals() {
        assertEquals(OptionalInt.of(12), StatefulPods.ordinal(set(""), "db-12"));
        for (String name : List.of("db", "db-", "db-x", "db2-1", "db-1-2", "db-99999999999")) {
            assertEquals(OptionalInt.empty(), StatefulPods.ordinal(set(""), name), name);
        }
    }

    @Test
    void orderedUpdatesTakeOneAtATimeAndEnd() {
        for (long seed = 0; seed < 100; seed++) {
            Random random = new Random(seed);
            int replicas = 1 + random.nextInt(5);
            KubeObject set = set("replicas: " + replicas);
            TreeMap<Integer, KubeObject> pods = new TreeMap<>();
            String update = "r1";
            for (int step = 0; step < 3_000; step++) {
                if (step == 1_000) {
                    assertEquals(replicas, pods.size(), "seed " + seed);
                    update = "r2";
                }
                if (random.nextInt(3) == 0) {
                    StatefulSetPlan plan = StatefulSetPlan.of(set, pods.values(), "r1", update, NOW);
                    assertTrue(plan.create().size() + plan.delete().size() <= 1, "seed " + seed);
                    plan.create().forEach(one -> pods.put(one.ordinal(), pod(one.ordinal() + "@" + one.revision() + "-")));
                    plan.delete().forEach(one -> one.metadata().put("deletionTimestamp", "2026-01-01T00:00:00Z"));
                } else if (!pods.isEmpty()) {
                    int ordinal = List.copyOf(pods.keySet()).get(random.nextInt(pods.size()));
                    KubeObject pod = pods.get(ordinal);
                    if (pod.deleting()) {
                        pods.remove(ordinal);
                    } else {
                        ((ObjectNode) pod.at("/status/conditions/0")).put("status", "True");
                    }
                }
                if (step > 1_000) {
                    int down = replicas - (int) pods.values().stream().filter(p -> Pods.ready(p) && !p.deleting()).count();
                    assertTrue(down <= 1, "seed " + seed + ": " + down + " down");
                }
            }
            assertTrue(pods.values().stream().allMatch(pod -> StatefulPods.revision(pod).equals("r2")), "seed " + seed);
            assertEquals("r2", StatefulSetStatus.of(set, pods.values(), "r1", "r2", NOW)
                    .path("currentRevision").asString(), "seed " + seed);
        }
    }
}
