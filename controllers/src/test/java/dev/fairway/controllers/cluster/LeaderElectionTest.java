package dev.fairway.controllers.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.controllers.ControllerConfig;
import dev.fairway.controllers.ControllerManager;
import dev.fairway.controllers.leaderelection.LeaderElectionConfig;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaderElectionTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    @TempDir
    private Path dir;

    private static ControllerConfig as(String identity) {
        return ControllerConfig.DEFAULT.withLeaderElection(new LeaderElectionConfig("kube-system", "test", identity,
                Duration.ofSeconds(2), Duration.ofSeconds(1), Duration.ofMillis(100)));
    }

    @Test
    void oneRunsAndTheOtherTakesOver() throws InterruptedException {
        try (TestCluster cluster = new TestCluster(dir, as("one"), 1);
                ControllerManager other =
                        new ControllerManager(new ApiClient(cluster.server.transport("other")), as("two")).start()) {
            assertTrue(cluster.controllers.leading());
            KubeObject first = cluster.await(ResourceType.LEASES, "kube-system", "test",
                    lease -> lease.string("/spec/holderIdentity").equals("one"));
            cluster.await(ResourceType.LEASES, "kube-system", "test",
                    lease -> !lease.string("/spec/renewTime").equals(first.string("/spec/renewTime")));
            assertFalse(other.leading());
            cluster.controllers.close();
            assertFalse(cluster.controllers.leading());
            assertTrue(other.awaitReady(LONG));
            KubeObject second = cluster.client.get(ResourceType.LEASES, "kube-system", "test");
            assertEquals("two", second.string("/spec/holderIdentity"));
            assertTrue(second.at("/spec/leaseTransitions").asInt() > first.at("/spec/leaseTransitions").asInt());
            cluster.createNamespace("ns");
            cluster.createDeployment("web", 2);
            cluster.awaitRollout("web");
        }
    }
}
