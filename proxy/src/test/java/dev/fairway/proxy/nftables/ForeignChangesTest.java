package dev.fairway.proxy.nftables;

import static dev.fairway.testkit.Await.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.nftables.Bytes;
import dev.fairway.netlink.nftables.NftBatch;
import dev.fairway.netlink.nftables.Nftables;
import dev.fairway.netlink.nftables.SetElement;
import dev.fairway.proxy.Objects;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.testkit.TestNamespaces;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Hearing of others' changes, and what comes of those that cannot be heard. */
class ForeignChangesTest {
    private static final Layout LAYOUT = Layout.of(IpFamily.IPV4);

    @RegisterExtension
    final TestNamespaces namespaces = new TestNamespaces("fwhear");

    private NetworkNamespace namespace;

    @BeforeEach
    void create() throws Exception {
        namespace = namespaces.create();
    }

    @Test
    void tellsOthersChangesAndPassesOwnOver() throws Exception {
        try (var own = Nftables.open(namespace); var other = Nftables.open(namespace)) {
            var set = LAYOUT.set(SetId.CLUSTER_ADDRESSES);
            own.commit(new NftBatch().add(LAYOUT.table()).add(set));
            var disturbances = new AtomicInteger();
            try (var changes = ForeignChanges.start(Optional.of(namespace), LAYOUT.table(), own.portId(),
                    disturbances::incrementAndGet)) {
                own.commit(new NftBatch().add(set, List.of(SetElement.of(Bytes.be32(1)))));
                assertTrue(changes.awaitGeneration(own.generation(), Duration.ofSeconds(60)));
                assertEquals(0, disturbances.get());
                other.commit(new NftBatch().add(set, List.of(SetElement.of(Bytes.be32(2)))));
                assertTrue(changes.awaitGeneration(own.generation(), Duration.ofSeconds(60)));
                var drained = changes.drain();
                assertFalse(drained.lost());
                assertEquals(1, drained.events().size());
                until("the disturbance is told", () -> disturbances.get() == 1);
            }
        }
    }

    @Test
    void knowsThatItLostChanges() throws Exception {
        try (var own = Nftables.open(namespace); var other = Nftables.open(namespace)) {
            var set = LAYOUT.set(SetId.CLUSTER_ADDRESSES);
            own.commit(new NftBatch().add(LAYOUT.table()).add(set));
            var disturbances = new AtomicInteger();
            try (var changes = ForeignChanges.start(Optional.of(namespace), LAYOUT.table(), own.portId(),
                    disturbances::incrementAndGet, 1)) {
                other.commit(new NftBatch().add(set,
                        IntStream.range(0, 20_000).mapToObj(i -> SetElement.of(Bytes.be32(i))).toList()));
                until("the loss is known", () -> disturbances.get() > 0 && changes.drain().lost());
            }
        }
    }

    @Test
    void thePeriodicCheckFindsWhatNobodyWasHeardDoing() throws Exception {
        try (var rig = Rig.start(namespace, List.of(Objects.service("web", "10.100.0.10")),
                List.of(Objects.slice("web", "10.180.0.11", "10.180.1.11")))) {
            var before = rig.content();
            int generation = generation();
            int reports = rig.reports();
            rig.proxy().requestReconcile();
            until("the check is done", () -> rig.reports() > reports);
            assertEquals(generation, generation());
            assertEquals(before, rig.content());
        }
    }

    @Test
    void fingerprintsDifferByAnyElement() throws Exception {
        Rig.start(namespace, List.of(Objects.service("web", "10.100.0.10")),
                List.of(Objects.slice("web", "10.180.0.11", "10.180.1.11"))).close();
        try (var nftables = Nftables.open(namespace)) {
            var whole = Fingerprint.read(nftables, LAYOUT);
            assertTrue(whole.sameAs(Fingerprint.read(nftables, LAYOUT)));
            for (var command : List.of(
                    "add element ip fairway hairpins { 10.180.0.11 . 10.180.0.12 }",
                    "delete element ip fairway service-endpoints { 10.100.0.10 . tcp . 80 . 1 }",
                    "add element ip fairway service-endpoints { 10.100.0.10 . tcp . 80 . 1 : 10.180.1.11 . 8081 }")) {
                Rig.nft(namespace, command.split(" "));
                assertFalse(whole.sameAs(Fingerprint.read(nftables, LAYOUT)), command);
            }
        }
    }

    private int generation() throws Exception {
        try (var nftables = Nftables.open(namespace)) {
            return nftables.generation();
        }
    }
}
