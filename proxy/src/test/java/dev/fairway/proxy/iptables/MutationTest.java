package dev.fairway.proxy.iptables;

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
import dev.fairway.testkit.TestNamespaces;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Ten thousand damaged objects: each is refused with a reason or gives rules that the kernel takes, and touches no other. */
class MutationTest {
    private static final int MUTATIONS = 10_000;
    private static final int PER_RESTORE = 500;
    private static final Service BYSTANDER = Objects.service("bystander", "10.100.200.1");
    private static final EndpointSlice BYSTANDER_SLICE = Objects.slice("bystander", "10.180.0.99");

    @RegisterExtension
    final TestNamespaces namespaces = new TestNamespaces("fwmut");

    /** A valid object with the others of its recording. */
    private record Original(ObjectNode object, List<Service> services, List<EndpointSlice> slices) {}

    private static List<Original> originals() {
        List<Original> originals = new ArrayList<>();
        Scenario.all().forEach(scenario -> {
            for (JsonNode object : scenario.json("objects.json")) {
                originals.add(new Original((ObjectNode) object, scenario.services(), scenario.slices()));
            }
        });
        return originals;
    }

    @ParameterizedTest
    @EnumSource(IpFamily.class)
    void damagedObjectsDoNoHarm(IpFamily family) throws IOException {
        long seed = 20_260_101L + family.ordinal();
        Mutator mutator = new Mutator(seed);
        List<Original> originals = originals();
        Kernel kernel = new Kernel(namespaces.create());
        Set<String> counters = new NfacctCounters(Optional.of(kernel.namespace())).ensure(Wanted.COUNTERS);
        assertEquals(Wanted.COUNTERS, counters);
        NodeState node = NodeState.of(Rig.OPTIONS, family, Scenario.NODE, List.of());
        RuleOptions options = RuleOptions.of(Rig.OPTIONS, node, family, counters);
        RuleGenerator generator = new RuleGenerator(options, node);
        ServiceStates states = new ServiceStates(family, node);
        IptablesTool tool = new IptablesTool(family, kernel.commands());

        ServiceRules bystander = states.of(BYSTANDER, List.of(BYSTANDER_SLICE))
                .map(state -> generator.rules(state, true)).orElse(ServiceRules.NONE);
        int refused = 0;
        Batch batch = new Batch(BaseRules.of(options, node));
        for (int i = 0; i < MUTATIONS; i++) {
            ChangeTracker tracker = new ChangeTracker("node-a");
            tracker.put(BYSTANDER);
            tracker.put(BYSTANDER_SLICE);
            Original original = originals.get(i % originals.size());
            original.services().forEach(tracker::put);
            original.slices().forEach(tracker::put);
            try {
                put(mutator.mutate(original.object()), tracker);
            } catch (RejectedException rejected) {
                assertFalse(rejected.rejection().field().isEmpty());
                assertFalse(rejected.rejection().reason().isEmpty());
                refused++;
                continue;
            }
            String where = "seed " + seed + ", mutation " + i;
            for (var snapshot : tracker.take().services()) {
                ServiceRules rules = snapshot.service().flatMap(service -> states.of(service, snapshot.slices()))
                        .map(state -> generator.rules(state, true)).orElse(ServiceRules.NONE);
                check(snapshot.key(), rules, bystander, where);
                batch.add(rules);
            }
            if (i % PER_RESTORE == PER_RESTORE - 1) {
                batch.restore(tool);
                batch = new Batch(BaseRules.of(options, node));
            }
        }
        batch.restore(tool);
        assertTrue(refused > MUTATIONS / 10 && refused < MUTATIONS * 9 / 10, "refused: " + refused);
    }

    private static void put(ObjectNode object, ChangeTracker tracker) {
        if (object.path("kind").asString("").equals("EndpointSlice")) {
            tracker.put(EndpointSliceDecoder.decode(object));
        } else {
            tracker.put(ServiceDecoder.decode(object));
        }
    }

    /** The bystander's rules are as ever, and each rule in a shared chain names its own Service. */
    private static void check(ObjectKey key, ServiceRules rules, ServiceRules bystander, String where) {
        if (key.equals(BYSTANDER.key())) {
            assertEquals(bystander, rules, where);
        }
        rules.shared().values().forEach(lines -> lines.forEach(line ->
                assertTrue(line.contains("--comment \"" + key), () -> where + ": " + line)));
    }

    /** Rules of many objects; those of a chain are put one after the other. */
    private static final class Batch {
        private final RestoreInput input = new RestoreInput();
        private final Set<String> declared = new LinkedHashSet<>();

        Batch(BaseRules base) {
            base.chains().forEach((table, chains) -> chains.keySet().forEach(chain -> declare(table, chain)));
            for (SharedChain shared : SharedChain.values()) {
                declare(shared.table(), shared.chain());
            }
        }

        private void declare(Table table, String chain) {
            if (declared.add(table + " " + chain)) {
                input.declare(table, chain, Optional.empty());
            }
        }

        void add(ServiceRules rules) {
            for (Map.Entry<String, List<String>> chain : rules.chains().entrySet()) {
                declare(Table.NAT, chain.getKey());
                chain.getValue().forEach(rule -> input.append(Table.NAT, chain.getKey(), rule, Optional.empty()));
            }
            rules.shared().forEach((shared, lines) -> lines.forEach(rule ->
                    input.append(shared.table(), shared.chain(), rule, Optional.empty())));
        }

        void restore(IptablesTool tool) throws IOException {
            tool.restore(input);
        }
    }
}
