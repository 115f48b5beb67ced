package dev.fairway.proxy.iptables;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.fairway.kube.ObjectKey;
import dev.fairway.proxy.Objects;
import dev.fairway.proxy.Scenario;
import dev.fairway.proxy.change.ChangeTracker;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.model.Node;
import dev.fairway.proxy.state.NodeState;
import dev.fairway.proxy.state.ProxyOptions;
import dev.fairway.proxy.state.ServiceStates;
import dev.fairway.proxy.state.StateTable;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** After any events, the rules are those computed from scratch, and what others did to them in between is undone. */
class RandomEventsTest {
    private static final int SERVICES = 12;
    private static final int ROUNDS = 60;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void incrementalEqualsFromScratch(long seed) throws IOException {
        for (IpFamily family : IpFamily.values()) {
            Run run = new Run(seed, family);
            for (int round = 0; round < ROUNDS; round++) {
                run.events();
                run.sync();
                assertEquals(run.wanted(), run.kernel(), "seed " + seed + ", " + family + ", round " + round);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32})
    void foreignChangesAreUndone(long seed) throws IOException {
        Run run = new Run(seed, IpFamily.IPV4);
        for (int round = 0; round < ROUNDS; round++) {
            run.events();
            run.sync();
            run.vandalize();
            run.reconcile();
            assertEquals(run.wanted(), run.kernel(), "seed " + seed + ", round " + round);
        }
    }

    @ParameterizedTest
    @EnumSource(IpFamily.class)
    void changeOnTopOfForeignChangeEndsInTheWantedState(IpFamily family) throws IOException {
        Run run = new Run(42, family);
        for (int round = 0; round < ROUNDS; round++) {
            run.events();
            run.sync();
            run.vandalize();
            run.events();
            run.sync();
            run.reconcile();
            assertEquals(run.wanted(), run.kernel(), "round " + round);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {51, 52, 53, 54})
    void restartWritesNothing(long seed) throws IOException {
        Run run = new Run(seed, IpFamily.IPV4);
        for (int round = 0; round < ROUNDS; round++) {
            run.events();
        }
        run.sync();
        int before = run.iptables.commands();
        run.restart();
        run.reconcile();
        assertEquals(before, run.iptables.commands());
    }

    private static final class Run {
        private final Random random;
        private final IpFamily family;
        private final FakeIptables iptables = new FakeIptables();
        private final ProxyOptions options = new Scenario("clusterip-one").options();
        private final ChangeTracker tracker = new ChangeTracker("node-a");
        /** Only ever filled, never taken from: what the same objects give from scratch. */
        private final ChangeTracker scratch = new ChangeTracker("node-a");
        private final StateTable state;
        private IptablesDataplane dataplane;

        Run(long seed, IpFamily family) throws IOException {
            this.random = new Random(seed);
            this.family = family;
            tracker.put(Scenario.NODE);
            scratch.put(Scenario.NODE);
            tracker.take();
            state = new StateTable(family, NodeState.of(options, family, Scenario.NODE, List.of()));
            restart();
        }

        void restart() throws IOException {
            dataplane = new IptablesDataplane(family, options, iptables, names -> names, (name, value) -> { },
                    RulesetGeneration.open(Optional.empty(), true));
        }

        void events() {
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                int number = 1 + random.nextInt(SERVICES);
                String name = "s" + number;
                switch (random.nextInt(6)) {
                    case 0 -> {
                        tracker.removeService(Objects.key(name));
                        scratch.removeService(Objects.key(name));
                    }
                    case 1 -> {
                        ObjectKey slice = Objects.key(name + "-" + (1 + random.nextInt(3)));
                        tracker.removeSlice(slice);
                        scratch.removeSlice(slice);
                    }
                    case 2 -> {
                        var service = Objects.random(random, name, number);
                        tracker.put(service);
                        scratch.put(service);
                    }
                    default -> {
                        var slice = Objects.randomSlice(random, name, 1 + random.nextInt(3));
                        tracker.put(slice);
                        scratch.put(slice);
                    }
                }
            }
        }

        void sync() throws IOException {
            ServiceStates states = new ServiceStates(family, state.node());
            Set<ObjectKey> changed = new HashSet<>();
            tracker.take().services().forEach(snapshot -> {
                if (state.put(snapshot.key(), snapshot.service().flatMap(s -> states.of(s, snapshot.slices())))) {
                    changed.add(snapshot.key());
                }
            });
            dataplane.sync(state, changed);
        }

        void reconcile() throws IOException {
            dataplane.reconcile(state);
        }

        /** What somebody else might do: drop a rule, empty or remove a chain, add a rule, change the order. */
        void vandalize() {
            var table = iptables.table(random.nextBoolean() ? "nat" : "filter");
            List<String> chains = new ArrayList<>(table.keySet());
            for (int i = random.nextInt(4); i > 0; i--) {
                String chain = chains.get(random.nextInt(chains.size()));
                List<String> rules = table.get(chain);
                if (rules == null) {
                    continue;
                }
                switch (random.nextInt(5)) {
                    case 0 -> rules.clear();
                    case 1 -> rules.add(random.nextInt(rules.size() + 1), "-s 192.0.2.1/32 -j ACCEPT");
                    case 2 -> Collections.shuffle(rules, random);
                    case 3 -> {
                        if (!rules.isEmpty()) {
                            rules.remove(random.nextInt(rules.size()));
                        }
                    }
                    default -> {
                        if (chain.startsWith("KUBE-")) {
                            table.remove(chain);
                            table.values().forEach(others -> others.removeIf(rule -> rule.endsWith("-j " + chain)));
                        }
                    }
                }
            }
        }

        String kernel() throws IOException {
            return Rulesets.text(SavedRules.parse(new BufferedReader(new StringReader(iptables.save()))));
        }

        String wanted() {
            scratch.put(Node.unknown("node-a"));
            scratch.put(Scenario.NODE);
            return Rulesets.text(Wanted.of(scratch, options, family, List.of()));
        }
    }
}
