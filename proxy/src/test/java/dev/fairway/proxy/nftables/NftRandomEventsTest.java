package dev.fairway.proxy.nftables;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.fairway.kube.ObjectKey;
import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.proxy.Dataplane;
import dev.fairway.proxy.Objects;
import dev.fairway.proxy.Scenario;
import dev.fairway.proxy.change.ChangeTracker;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.model.Node;
import dev.fairway.proxy.state.NodeState;
import dev.fairway.proxy.state.ServiceStates;
import dev.fairway.proxy.state.StateTable;
import dev.fairway.testkit.TestNamespaces;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** After any events the kernel holds what it would hold if it were programmed from scratch. */
class NftRandomEventsTest {
    private static final int SERVICES = 12;
    private static final int ROUNDS = 25;

    @RegisterExtension
    final TestNamespaces namespaces = new TestNamespaces("fwnftr");

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void incrementalEqualsFromScratch(long seed) throws IOException {
        for (var family : IpFamily.values()) {
            var random = new Random(seed);
            var tracker = new ChangeTracker("node-a");
            try (var steady = new Programmed(family, namespaces.create())) {
                for (int round = 0; round < ROUNDS; round++) {
                    events(random, tracker);
                    steady.sync(tracker.take());
                    if (round % 5 == 4) {
                        // The node anew makes all Services changed, which gives a second proxy everything.
                        tracker.put(Node.unknown("node-a"));
                        tracker.put(Scenario.NODE);
                        var all = tracker.take();
                        var fresh = namespaces.create();
                        try (var scratch = new Programmed(family, fresh)) {
                            scratch.sync(all);
                        }
                        var where = "seed " + seed + ", " + family + ", round " + round;
                        assertEquals(Rig.content(fresh, family), Rig.content(steady.namespace, family), where);
                        assertEquals(List.of(), Rig.content(fresh, family).flaws(), where);
                        steady.restartWithSameContent(all, where);
                        fresh.delete();
                    }
                }
            }
        }
    }

    private static void events(Random random, ChangeTracker tracker) {
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            int number = 1 + random.nextInt(SERVICES);
            var name = "s" + number;
            switch (random.nextInt(6)) {
                case 0 -> tracker.removeService(Objects.key(name));
                case 1 -> tracker.removeSlice(Objects.key(name + "-" + (1 + random.nextInt(3))));
                // Now and then two Services claim one address.
                case 2 -> tracker.put(Objects.random(random, name, random.nextInt(4) == 0 ? 1 : number));
                default -> tracker.put(Objects.randomSlice(random, name, 1 + random.nextInt(3)));
            }
        }
    }

    /** A namespace and the proxy that programs it. */
    private static final class Programmed implements AutoCloseable {
        private final IpFamily family;
        private final NetworkNamespace namespace;
        private StateTable state;
        private Dataplane dataplane;

        Programmed(IpFamily family, NetworkNamespace namespace) throws IOException {
            this.family = family;
            this.namespace = namespace;
            start();
        }

        private void start() throws IOException {
            dataplane = NftablesDataplane.open(Rig.OPTIONS, Set.of(family), Optional.of(namespace)).getFirst();
            state = new StateTable(family, NodeState.of(Rig.OPTIONS, family, Scenario.NODE,
                    Scenario.NODE.addresses()));
        }

        void sync(ChangeTracker.Changes changes) throws IOException {
            var states = new ServiceStates(family, state.node());
            var changed = new HashSet<ObjectKey>();
            changes.services().forEach(snapshot -> {
                if (state.put(snapshot.key(), snapshot.service().flatMap(s -> states.of(s, snapshot.slices())))) {
                    changed.add(snapshot.key());
                }
            });
            var result = dataplane.sync(state, changed);
            assertEquals(Map.of(), result.failed());
        }

        void restartWithSameContent(ChangeTracker.Changes all, String where) throws IOException {
            var before = Rig.content(namespace, family);
            dataplane.close();
            start();
            sync(all);
            assertEquals(before, Rig.content(namespace, family), where);
        }

        @Override
        public void close() {
            dataplane.close();
        }
    }
}
