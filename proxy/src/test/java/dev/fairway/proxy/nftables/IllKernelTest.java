package dev.fairway.proxy.nftables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.kube.ObjectKey;
import dev.fairway.netlink.nftables.Nftables;
import dev.fairway.proxy.Objects;
import dev.fairway.proxy.Scenario;
import dev.fairway.proxy.change.ChangeTracker;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.model.Protocol;
import dev.fairway.proxy.model.Service;
import dev.fairway.proxy.state.NodeState;
import dev.fairway.proxy.state.ServiceStates;
import dev.fairway.proxy.state.StateTable;
import dev.fairway.testkit.nftables.FakeKernel;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A kernel that has no memory left, is busy or full: what can be applied is, and all of it once the kernel is well again. */
class IllKernelTest {
    private static final int ENOMEM = 12;
    private static final int EBUSY = 16;
    private static final int ENOSPC = 28;
    private static final IpFamily FAMILY = IpFamily.IPV4;
    private static final NodeState NODE = NodeState.of(Rig.OPTIONS, FAMILY, Scenario.NODE, Scenario.NODE.addresses());

    /** A kernel and a proxy that writes to it. */
    private static final class Node {
        private final FakeKernel kernel = new FakeKernel();
        private final StateTable state = new StateTable(FAMILY, NODE);
        private final ChangeTracker tracker = new ChangeTracker("node-a");
        private final Set<ObjectKey> unsynced = new HashSet<>();
        private NftablesDataplane dataplane = NftablesDataplane.over(Rig.OPTIONS, FAMILY, kernel.connect());

        Node() {
            tracker.put(Scenario.NODE);
        }

        /** What failed, as {@link dev.fairway.proxy.FamilySync} would have it: the next time all is tried again. */
        Map<ObjectKey, String> sync() throws IOException {
            var states = new ServiceStates(FAMILY, NODE);
            tracker.take().services().forEach(snapshot -> {
                if (state.put(snapshot.key(), snapshot.service().flatMap(s -> states.of(s, snapshot.slices())))) {
                    unsynced.add(snapshot.key());
                }
            });
            var failed = dataplane.sync(state, unsynced).failed();
            unsynced.clear();
            return failed;
        }

        void restart() {
            dataplane.close();
            dataplane = NftablesDataplane.over(Rig.OPTIONS, FAMILY, kernel.connect());
        }

        Content content() throws IOException {
            try (var nftables = Nftables.over(kernel.connect())) {
                return Content.of(new KernelReader(nftables,
                        new Skeleton(Layout.of(FAMILY), NftablesOptions.of(Rig.OPTIONS), NODE)).read());
            }
        }

        /** What a well kernel would hold of the same. */
        Content wanted() throws IOException {
            var well = new Node();
            state.services().forEach(service -> well.state.put(service.key(), Optional.of(service)));
            well.dataplane.sync(well.state, Set.of());
            return well.content();
        }
    }

    private static Service web(int number) {
        return Objects.service("web" + number, "10.100.0." + number);
    }

    private static String[] endpoints(int count) {
        return IntStream.range(0, count).mapToObj(i -> "10.180." + i / 250 + "." + (1 + i % 250)).toArray(String[]::new);
    }

    @Test
    void whatFitsIsAppliedAndTheServiceThatDoesNotIsNamed() throws Exception {
        var node = new Node();
        for (int i = 1; i <= 20; i++) {
            node.tracker.put(web(i));
            node.tracker.put(Objects.slice("web" + i, endpoints(i == 7 ? 500 : 3)));
        }
        node.kernel.limit(400, ENOMEM);
        var failed = node.sync();
        assertEquals(Set.of(web(7).key()), failed.keySet());
        assertTrue(failed.get(web(7).key()).contains("ENOMEM"), failed::toString);
        assertEquals(19, node.content().lists().size());
        // The others go on.
        node.tracker.put(Objects.slice("web3", endpoints(5)));
        node.sync();
        assertEquals(5, node.content().lists().entrySet().stream()
                .filter(list -> list.getKey().front().equals(new FrontKey.Address(web(3).clusterIps().getFirst(),
                        Protocol.TCP, 80))).findFirst().orElseThrow().getValue().size());
        node.kernel.unlimit();
        node.dataplane.reconcile(node.state);
        assertEquals(node.wanted(), node.content());
    }

    @Test
    void aLoneServiceThatGrowsTooLargeKeepsWhatItHad() throws Exception {
        var node = new Node();
        node.tracker.put(web(1));
        node.tracker.put(Objects.slice("web1", endpoints(3)));
        assertEquals(Map.of(), node.sync());
        var before = node.content();
        node.kernel.limit(100, ENOSPC);
        node.tracker.put(Objects.slice("web1", endpoints(300)));
        assertEquals(Set.of(web(1).key()), node.sync().keySet());
        assertEquals(before.lists(), node.content().lists());
        assertEquals(before.entries(), node.content().entries());
        node.kernel.unlimit();
        node.tracker.put(Objects.slice("web1", endpoints(301)));
        assertEquals(Map.of(), node.sync());
        assertEquals(node.wanted(), node.content());
    }

    @Test
    void whatWasKeptOfAServiceGoesWithIt() throws Exception {
        var node = new Node();
        var empty = node.wanted();
        var sticky = Objects.sticky("sticky", "10.100.0.1");
        node.tracker.put(sticky);
        node.tracker.put(Objects.slice("sticky", endpoints(3)));
        assertEquals(Map.of(), node.sync());
        var before = node.content();
        assertTrue(before.ownChains().size() > 10, before.ownChains()::toString);
        // No packet gets to the chain of the policy Local, which the Service does not have.
        before.ownChains().keySet().removeIf(chain -> chain.endsWith("/local"));
        for (int i = 0; i < 3; i++) {
            // Once for the change itself, and once more after all was compared.
            node.kernel.refuseNext(ENOMEM);
            node.kernel.refuseNext(ENOMEM);
            node.tracker.put(Objects.slice("sticky", endpoints(4 + i)));
            assertEquals(Set.of(sticky.key()), node.sync().keySet());
            assertEquals(before, node.content());
        }
        node.tracker.removeService(sticky.key());
        assertEquals(Map.of(), node.sync());
        assertEquals(empty, node.content());
    }

    @ParameterizedTest
    @ValueSource(ints = {ENOMEM, EBUSY, ENOSPC})
    void aBatchRefusedOnceIsMadeUpFor(int errno) throws Exception {
        var node = new Node();
        for (int i = 1; i <= 5; i++) {
            node.tracker.put(web(i));
            node.tracker.put(Objects.slice("web" + i, endpoints(i)));
        }
        node.sync();
        for (int round = 0; round < 10; round++) {
            node.tracker.put(Objects.slice("web" + (1 + round % 5), endpoints(round)));
            node.kernel.refuseNext(errno);
            assertEquals(Map.of(), node.sync());
            assertEquals(node.wanted(), node.content());
        }
    }

    /** Whatever is refused when, with restarts: once nothing is, the kernel holds what it should, and nothing else. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void refusalsAtAnyTimeLeaveNothingBehind(long seed) throws Exception {
        var random = new Random(seed);
        var node = new Node();
        for (int round = 0; round < 60; round++) {
            for (int i = random.nextInt(4); i >= 0; i--) {
                int number = 1 + random.nextInt(10);
                switch (random.nextInt(5)) {
                    case 0 -> node.tracker.removeService(Objects.key("s" + number));
                    case 1, 2 -> node.tracker.put(Objects.random(random, "s" + number, 1 + random.nextInt(10)));
                    default -> node.tracker.put(Objects.randomSlice(random, "s" + number, 1 + random.nextInt(2)));
                }
            }
            if (random.nextInt(8) == 0) {
                node.restart();
            }
            for (int i = random.nextInt(5); i > 0; i--) {
                node.kernel.refuseNext(List.of(ENOMEM, EBUSY, ENOSPC).get(random.nextInt(3)));
            }
            if (random.nextInt(6) == 0) {
                node.kernel.limit(random.nextInt(120), ENOMEM);
            }
            try {
                node.sync();
            } catch (IOException refusedAtStart) {
                assertTrue(refusedAtStart.getMessage().matches(".*(ENOMEM|EBUSY|ENOSPC).*"), refusedAtStart::getMessage);
            }
            node.kernel.unlimit();
            if (random.nextInt(3) == 0) {
                recover(node);
                var where = "seed " + seed + ", round " + round;
                assertEquals(node.wanted(), node.content(), where);
                assertEquals(List.of(), node.content().flaws(), where);
            }
        }
    }

    /** As the loop does it: again until nothing is refused. */
    private static void recover(Node node) throws IOException {
        for (int attempt = 0; attempt < 20; attempt++) {
            try {
                if (node.dataplane.reconcile(node.state).failed().isEmpty()) {
                    return;
                }
            } catch (IOException refused) {
                assertTrue(attempt < 19, refused::getMessage);
            }
        }
    }
}
