package dev.fairway.proxy.nftables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.kube.ObjectKey;
import dev.fairway.proxy.Mutator;
import dev.fairway.proxy.Objects;
import dev.fairway.proxy.Scenario;
import dev.fairway.proxy.change.ChangeTracker;
import dev.fairway.proxy.model.EndpointSlice;
import dev.fairway.proxy.model.EndpointSliceDecoder;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.model.RejectedException;
import dev.fairway.proxy.model.Service;
import dev.fairway.proxy.model.ServiceDecoder;
import dev.fairway.proxy.state.NodeState;
import dev.fairway.proxy.state.ServiceStates;
import dev.fairway.proxy.state.StateTable;
import dev.fairway.testkit.TestNamespaces;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.node.ObjectNode;

/** Thousands of damaged objects: each is refused with a reason or gives rules that the kernel takes, and touches no other. */
class NftMutationTest {
    private static final int MUTATIONS = 10_000;
    private static final int PER_CHECK = 1_000;
    private static final Service BYSTANDER = Objects.service("bystander", "10.100.200.1");
    private static final EndpointSlice BYSTANDER_SLICE = Objects.slice("bystander", "10.180.0.99");

    @RegisterExtension
    final TestNamespaces namespaces = new TestNamespaces("fwnftm");

    /** A valid object with the others of its recording. */
    private record Original(ObjectNode object, List<Service> services, List<EndpointSlice> slices) {
    }

    private static List<Original> originals() {
        var originals = new ArrayList<Original>();
        Scenario.all().forEach(scenario -> scenario.json("objects.json").forEach(object ->
                originals.add(new Original((ObjectNode) object, scenario.services(), scenario.slices()))));
        return originals;
    }

    @ParameterizedTest
    @EnumSource(IpFamily.class)
    void damagedObjectsDoNoHarm(IpFamily family) throws IOException {
        long seed = 20_260_201L + family.ordinal();
        var mutator = new Mutator(seed);
        var originals = originals();
        var namespace = namespaces.create();
        var state = new StateTable(family, NodeState.of(Rig.OPTIONS, family, Scenario.NODE, Scenario.NODE.addresses()));
        var states = new ServiceStates(family, state.node());
        int refused = 0;
        try (var dataplane = NftablesDataplane.open(Rig.OPTIONS, Set.of(family), Optional.of(namespace)).getFirst()) {
            for (int i = 0; i < MUTATIONS; i++) {
                var tracker = new ChangeTracker("node-a");
                tracker.put(BYSTANDER);
                tracker.put(BYSTANDER_SLICE);
                var original = originals.get(i % originals.size());
                original.services().forEach(tracker::put);
                original.slices().forEach(tracker::put);
                try {
                    put(mutator.mutate(original.object()), tracker);
                } catch (RejectedException rejected) {
                    assertFalse(rejected.rejection().field().isEmpty());
                    refused++;
                    continue;
                }
                var where = "seed " + seed + ", mutation " + i;
                // What is there from mutations before goes away in the same sync.
                var changed = new HashSet<ObjectKey>();
                state.services().forEach(service -> changed.add(service.key()));
                List.copyOf(changed).forEach(key -> state.put(key, Optional.empty()));
                for (var snapshot : tracker.take().services()) {
                    changed.add(snapshot.key());
                    state.put(snapshot.key(), snapshot.service().flatMap(service -> states.of(service, snapshot.slices())));
                }
                assertEquals(Map.of(), dataplane.sync(state, changed).failed(), where);
                if (i % PER_CHECK == 0) {
                    var content = Rig.content(namespace, family);
                    assertEquals(List.of(), content.flaws(), where);
                    assertEquals(family == IpFamily.IPV4, content.lists().keySet().stream()
                            .anyMatch(id -> id.front().toString().contains("10.100.200.1")), where);
                }
            }
        }
        assertTrue(refused > MUTATIONS / 10 && refused < MUTATIONS * 9 / 10, "refused: " + refused);
    }

    private static void put(ObjectNode object, ChangeTracker tracker) {
        if (object.path("kind").asString("").equals("EndpointSlice")) {
            tracker.put(EndpointSliceDecoder.decode(object));
        } else {
            tracker.put(ServiceDecoder.decode(object));
        }
    }
}
