package dev.fairway.proxy.iptables;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.fairway.proxy.Objects;
import dev.fairway.proxy.model.EndpointSlice;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.model.Service;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each table of iptables changes in a transaction of its own. After each, every Service is either translated or rejected:
 * what is neither leaves the node untranslated, and conntrack keeps to that for as long as the client tries.
 */
class NoGapTest {
    private final FakeIptables iptables = new FakeIptables();
    private final List<Service> services = new ArrayList<>();
    private final List<String> gaps = new ArrayList<>();

    private void services(int count) {
        for (int i = 1; i <= count; i++) {
            services.add(Objects.service("s" + i, address(i)));
        }
    }

    private static String address(int service) {
        return "10.100.0." + service;
    }

    private static EndpointSlice slice(int service, boolean served) {
        return served ? Objects.slice("s" + service, "10.180.0." + service) : Objects.slice("s" + service);
    }

    private Rig start(List<EndpointSlice> slices) throws IOException, InterruptedException {
        return new Rig(List.of(new IptablesDataplane(IpFamily.IPV4, Rig.OPTIONS, iptables, names -> names, (name, value) -> { },
                RulesetGeneration.open(Optional.empty(), true))), services, slices);
    }

    private void watch() {
        iptables.afterEachCommit(() -> {
            for (int i = 1; i <= services.size(); i++) {
                String destination = "-d " + address(i) + "/32 ";
                boolean answered = List.of("nat", "filter").stream().anyMatch(table -> iptables.table(table)
                        .get("KUBE-SERVICES").stream().anyMatch(rule -> rule.contains(destination)));
                if (!answered) {
                    gaps.add(destination);
                }
            }
        });
    }

    private List<EndpointSlice> all(boolean served) {
        List<EndpointSlice> slices = new ArrayList<>();
        for (int i = 1; i <= services.size(); i++) {
            slices.add(slice(i, served));
        }
        return slices;
    }

    /** Few at a time are edited one by one, many at a time by writing chains anew. */
    @ParameterizedTest
    @ValueSource(ints = {3, 100})
    void whileEndpointsComeAndGo(int count) throws Exception {
        services(count);
        Random random = new Random(count);
        try (Rig rig = start(all(false))) {
            watch();
            for (int round = 0; round < 8; round++) {
                for (int i = 1; i <= count; i++) {
                    rig.proxy().put(slice(i, random.nextBoolean()));
                }
                rig.awaitSynced();
            }
        }
        assertEquals(List.of(), gaps);
    }

    @Test
    void acrossRestarts() throws Exception {
        services(20);
        start(all(false)).close();
        watch();
        for (boolean served : new boolean[] {true, false, true}) {
            start(all(served)).close();
        }
        assertEquals(List.of(), new ArrayList<>(new TreeSet<>(gaps)));
    }
}
