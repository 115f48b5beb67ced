package dev.fairway.controllers.cluster;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.controllers.ControllerConfig;
import dev.fairway.controllers.runtime.WriteFence;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ObjectKey;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.DeleteOptions;
import dev.fairway.kube.informer.Informer;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriteFenceTest {
    @TempDir
    private Path dir;

    @Test
    void whatWasWrittenIsSeenBehindTheFence() throws InterruptedException {
        try (TestCluster cluster = new TestCluster(dir, ControllerConfig.DEFAULT, 0);
                Informer maps = new Informer(cluster.client, ResourceType.CONFIG_MAPS).start()) {
            assertTrue(maps.awaitSynced(Duration.ofSeconds(30)));
            WriteFence fence = new WriteFence();
            ObjectKey work = new ObjectKey("default", "work");
            for (int i = 0; i < 200; i++) {
                KubeObject made = cluster.client.create(ResourceType.CONFIG_MAPS,
                        KubeObject.of(ResourceType.CONFIG_MAPS, "default", "m" + i));
                fence.wrote(work, maps, made);
                fence.await(work);
                assertTrue(maps.get(made.key()).isPresent(), "map " + i + " is not seen");
                cluster.client.delete(ResourceType.CONFIG_MAPS, "default", made.name(), DeleteOptions.DEFAULT);
                fence.deleted(work, maps, made);
                fence.await(work);
                assertFalse(maps.get(made.key()).isPresent(), "map " + i + " is still seen");
            }
        }
    }
}
