package dev.fairway.controllers.deployment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class DeploymentSimulationTest {
    private static final int STEPS = 20_000;

    private static void untilComplete(DeploymentSimulation world, Runnable invariant, Supplier<String> seed) {
        for (int i = 0; i < STEPS; i++) {
            world.step();
            invariant.run();
            if (world.complete()) {
                return;
            }
        }
        throw new AssertionError(seed.get() + ": the rollout does not end");
    }

    @Test
    void rollingUpdateKeepsItsBounds() {
        for (long seed = 0; seed < 150; seed++) {
            Random random = new Random(seed);
            int replicas = 1 + random.nextInt(12);
            int surge = random.nextInt(4);
            int unavailable = surge == 0 ? 1 + random.nextInt(3) : random.nextInt(4);
            String name = "seed " + seed + ", replicas " + replicas + ", surge " + surge + ", unavailable " + unavailable;
            DeploymentSimulation world = new DeploymentSimulation(seed, replicas,
                    "{type: 'RollingUpdate', rollingUpdate: {maxSurge: " + surge + ", maxUnavailable: " + unavailable + "}}");
            untilComplete(world, () -> {}, () -> name);
            for (int round = 1; round <= 3; round++) {
                world.setImage("v" + round);
                untilComplete(world, () -> {
                    int least = replicas - Math.min(replicas, unavailable);
                    assertTrue(world.available() >= least, () -> name + ": only " + world.available() + " available");
                    assertTrue(world.total() <= replicas + surge, () -> name + ": " + world.total() + " Pods");
                }, () -> name);
                assertEquals(List.of("v" + round), world.runningImages(), name);
            }
        }
    }

    @Test
    void interruptedRolloutsEndAtTheLastTemplate() {
        for (long seed = 0; seed < 100; seed++) {
            Random random = new Random(seed);
            String name = "seed " + seed;
            DeploymentSimulation world = new DeploymentSimulation(seed, 8, "{type: 'RollingUpdate'}");
            untilComplete(world, () -> {}, () -> name);
            String image = "v0";
            for (int round = 1; round <= 6; round++) {
                switch (random.nextInt(4)) {
                    case 0 -> world.setReplicas(random.nextInt(12));
                    case 1 -> {
                        world.setPaused(true);
                        for (int i = 0; i < 10; i++) {
                            world.step();
                        }
                        world.setPaused(false);
                    }
                    default -> {
                        image = "v" + random.nextInt(3);
                        world.setImage(image);
                    }
                }
                for (int i = random.nextInt(30); i > 0; i--) {
                    world.step();
                }
            }
            world.setReplicas(5);
            untilComplete(world, () -> {}, () -> name);
            assertEquals(List.of(image), world.runningImages(), name);
            assertEquals(5, world.total(), name);
        }
    }

    @Test
    void recreateNeverMixesTemplates() {
        for (long seed = 0; seed < 50; seed++) {
            String name = "seed " + seed;
            DeploymentSimulation world = new DeploymentSimulation(seed, 4, "{type: 'Recreate'}");
            untilComplete(world, () -> {}, () -> name);
            world.setImage("v1");
            untilComplete(world, () -> assertTrue(world.runningImages().size() <= 1, name), () -> name);
            assertEquals(List.of("v1"), world.runningImages(), name);
        }
    }

    @Test
    void scalingDuringARolloutKeepsProportions() {
        for (long seed = 0; seed < 100; seed++) {
            String name = "seed " + seed;
            DeploymentSimulation world = new DeploymentSimulation(seed, 10,
                    "{type: 'RollingUpdate', rollingUpdate: {maxSurge: 3, maxUnavailable: 2}}");
            untilComplete(world, () -> {}, () -> name);
            world.setImage("v1");
            for (int i = 0; i < 12; i++) {
                world.step();
            }
            world.setReplicas(20);
            world.controllerStep();
            assertTrue(world.wantedTotal() <= 23, name + ": " + world.wantedTotal());
            untilComplete(world, () -> assertTrue(world.total() <= 23, name), () -> name);
            assertEquals(List.of("v1"), world.runningImages(), name);
        }
    }
}
