package dev.fairway.netlink.nftables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.netlink.Scratch;
import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.nftables.expr.Counter;
import dev.fairway.netlink.nftables.expr.Immediate;
import dev.fairway.netlink.socket.NetlinkException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NftablesTest {
    private static final Table TABLE = new Table(Family.IP, "t");
    private static final Chain CHAIN = Chain.regular(TABLE, "c");
    private static final NftSet SET = NftSet.set(TABLE, "s", SetField.of(DataType.IPV4_ADDR));
    private final Scratch scratch = new Scratch();
    private NetworkNamespace namespace;
    private Nftables nftables;

    @BeforeEach
    void open() throws Exception {
        namespace = scratch.namespace();
        nftables = Nftables.open(namespace);
    }

    @AfterEach
    void close() throws Exception {
        nftables.close();
        scratch.close();
    }

    private static SetElement element(int number) {
        return SetElement.of(Bytes.be32(number));
    }

    @Test
    void batchesAreAtomicAndNameTheRefusedElement() throws Exception {
        nftables.commit(new NftBatch().add(TABLE).add(SET).add(SET, List.of(element(1), element(2))));
        var elements = new ArrayList<SetElement>();
        for (int i = 10; i < 5000; i++) {
            elements.add(element(i));
        }
        elements.set(4000, element(0x7fffffff));
        var batch = new NftBatch().delete(SET, List.of(element(1))).delete(SET, elements.subList(3999, 4002));
        var failure = assertThrows(NftCommitException.class, () -> nftables.commit(batch));
        assertEquals("ENOENT", failure.errnoName());
        assertEquals("delete elements of ip t s", failure.failures().getFirst().change());
        assertEquals(element(4009), failure.failures().getFirst().element().orElseThrow());
        assertEquals(2, nftables.elements(TABLE, "s").size());

        nftables.commit(new NftBatch().add(SET, elements));
        assertEquals(4992, nftables.elements(TABLE, "s").size());
        var clash = NftSet.map(TABLE, "m", List.of(SetField.of(DataType.IPV4_ADDR)), List.of(SetField.of(DataType.MARK)));
        nftables.commit(new NftBatch().add(clash).add(clash, List.of(SetElement.of(Bytes.be32(5), Bytes.u32(1)))));
        var entries = new ArrayList<SetElement>();
        for (int i = 0; i < 3000; i++) {
            entries.add(SetElement.of(Bytes.be32(i + 3), Bytes.u32(2)));
        }
        var exists = assertThrows(NftCommitException.class, () -> nftables.commit(new NftBatch().add(clash, entries)));
        assertEquals("EEXIST", exists.errnoName());
        assertEquals(Bytes.be32(5), exists.failures().getFirst().element().orElseThrow().key());
        assertEquals(1, nftables.elements(TABLE, "m").size());
    }

    @Test
    void everyRefusalOfABatchIsTold() throws Exception {
        var failure = assertThrows(NftCommitException.class, () -> nftables.commit(new NftBatch()
                .add(TABLE).delete(Chain.regular(TABLE, "none")).add(CHAIN)
                .append(Rule.of(CHAIN, Immediate.of(Verdict.jump("nowhere"))))));
        assertEquals(List.of("delete chain ip t none", "append rule to chain ip t c"),
                failure.failures().stream().map(NftCommitException.Failure::change).toList());
        assertEquals(List.of(), nftables.tables());
    }

    @Test
    void anElementIsReplacedWithinOneBatch() throws Exception {
        var map = NftSet.map(TABLE, "m", List.of(SetField.of(DataType.IPV4_ADDR)), List.of(SetField.of(DataType.MARK)));
        var before = SetElement.of(Bytes.be32(1), Bytes.u32(1));
        var after = SetElement.of(Bytes.be32(1), Bytes.u32(2));
        nftables.commit(new NftBatch().add(TABLE).add(map).add(map, List.of(before)));
        nftables.commit(new NftBatch().delete(map, List.of(before)).add(map, List.of(after)));
        assertEquals(List.of(new SetElement.Listed(after, false)), nftables.elements(TABLE, "m"));
    }

    @Test
    void aStaleBatchIsRefused() throws Exception {
        int generation = nftables.generation();
        nftables.commit(new NftBatch().add(TABLE), generation);
        var stale = assertThrows(NftCommitException.class, () -> nftables.commit(new NftBatch().add(CHAIN), generation));
        assertTrue(stale.isStale());
        assertEquals(generation + 1, nftables.generation());
        nftables.commit(new NftBatch().add(CHAIN), generation + 1);
        assertEquals(List.of(CHAIN), nftables.chains(TABLE));
    }

    @Test
    void rulesKeepTheirOrder() throws Exception {
        nftables.commit(new NftBatch().add(TABLE).add(CHAIN).append(rule("second")).append(rule("fourth"))
                .insert(rule("first")));
        long second = nftables.rules(TABLE).get(1).handle();
        nftables.commit(new NftBatch().appendAfter(rule("third"), second));
        long first = nftables.rules(TABLE).getFirst().handle();
        nftables.commit(new NftBatch().insertBefore(rule("zeroth"), first));
        assertEquals(List.of("zeroth", "first", "second", "third", "fourth"), comments());
        nftables.commit(new NftBatch().delete(nftables.rules(TABLE).get(2)));
        assertEquals(List.of("zeroth", "first", "third", "fourth"), comments());
        assertThrows(IllegalArgumentException.class, () -> new NftBatch().delete(rule("x")));
        nftables.commit(new NftBatch().flush(CHAIN).delete(CHAIN));
        assertEquals(List.of(), nftables.chains(TABLE));
    }

    private static Rule rule(String comment) {
        return Rule.of(CHAIN, new Counter()).comment(comment);
    }

    private List<String> comments() throws Exception {
        return nftables.rules(TABLE).stream().map(Rule::comment).toList();
    }

    @Test
    void listingsKeepTablesApart() throws Exception {
        var other = new Table(Family.IP6, "t");
        var third = new Table(Family.IP, "u");
        var batch = new NftBatch();
        for (var table : List.of(TABLE, other, third)) {
            var chain = Chain.regular(table, "of-" + table.name());
            batch.add(table).add(chain).append(Rule.of(chain, new Counter()))
                    .add(NftSet.set(table, "set-" + table.name(), SetField.of(DataType.MARK)))
                    .add(new NamedCounter(table, "count"));
        }
        nftables.commit(batch);
        assertEquals(Set.of(TABLE, other, third), new HashSet<>(nftables.tables()));
        assertTrue(nftables.exists(TABLE));
        assertFalse(nftables.exists(new Table(Family.INET, "t")));
        assertEquals(List.of(Chain.regular(other, "of-t")), nftables.chains(other));
        assertEquals(1, nftables.rules(third).size());
        assertEquals(List.of("set-u"), nftables.sets(third).stream().map(NftSet.Listed::name).toList());
        assertEquals(List.of(new NamedCounter(third, "count")), nftables.counters(third));
        nftables.commit(new NftBatch().delete(TABLE).delete(other));
        assertEquals(List.of(third), nftables.tables());
    }

    @Test
    void monitorTellsOwnChangesFromOthers() throws Exception {
        try (var monitor = NftMonitor.open(namespace, 1 << 20)) {
            assertEquals(List.of(), monitor.receive(Duration.ofMillis(1)));
            nftables.commit(new NftBatch().add(TABLE).add(SET).add(SET, List.of(element(1))));
            var own = nextCommit(monitor);
            int portId = nftables.portId();
            assertEquals(List.of(
                    new NftEvent.Changed(portId, NftEvent.Kind.TABLE, true, TABLE, "t"),
                    new NftEvent.Changed(portId, NftEvent.Kind.SET, true, TABLE, "s"),
                    new NftEvent.Elements(portId, true, TABLE, "s", List.of(new SetElement.Listed(element(1), false))),
                    new NftEvent.Generation(portId, nftables.generation())), own);
            Scratch.run(namespace, "nft", "delete element ip t s { 0.0.0.1 }");
            var foreign = nextCommit(monitor);
            assertEquals(2, foreign.size());
            int port = foreign.getFirst().portId();
            assertTrue(port != portId);
            assertEquals(new NftEvent.Elements(port, false, TABLE, "s", List.of(new SetElement.Listed(element(1), false))),
                    foreign.getFirst());
            nftables.commit(new NftBatch().add(SET, List.of(element(7))));
            List<NftEvent> told = List.of();
            for (int i = 0; i < 10 && told.isEmpty(); i++) {
                told = monitor.receive(Duration.ofSeconds(10), portId);
            }
            assertEquals(List.of(new NftEvent.Generation(portId, nftables.generation())), told);
            monitor.wakeUp();
            assertEquals(List.of(), monitor.receive(Duration.ofMinutes(5)));
        }
    }

    private static List<NftEvent> nextCommit(NftMonitor monitor) throws Exception {
        var events = new ArrayList<NftEvent>();
        while (events.isEmpty() || !(events.getLast() instanceof NftEvent.Generation)) {
            var more = monitor.receive(Duration.ofSeconds(10));
            assertFalse(more.isEmpty(), "no event within 10 s");
            events.addAll(more);
        }
        return events;
    }

    @Test
    void lostEventsAreTold() throws Exception {
        try (var monitor = NftMonitor.open(namespace, 4096)) {
            nftables.commit(new NftBatch().add(TABLE).add(SET));
            var elements = new ArrayList<SetElement>();
            for (int i = 0; i < 20_000; i++) {
                elements.add(element(i));
            }
            nftables.commit(new NftBatch().add(SET, elements));
            var lost = assertThrows(NetlinkException.class, () -> {
                while (!monitor.receive(Duration.ofSeconds(1)).isEmpty()) {
                    continue;
                }
            });
            assertEquals("ENOBUFS", lost.errnoName());
        }
    }

    @Test
    void dumpsSurviveChanges() throws Exception {
        nftables.commit(new NftBatch().add(TABLE).add(SET));
        var elements = new ArrayList<SetElement>();
        for (int i = 0; i < 3000; i++) {
            elements.add(element(i + 100));
        }
        nftables.commit(new NftBatch().add(SET, elements));
        var changes = Thread.ofVirtual().unstarted(() -> {
            try (var other = Nftables.open(namespace)) {
                for (int i = 0; i < 200; i++) {
                    other.commit(new NftBatch().add(SET, List.of(element(1))).delete(SET, List.of(element(1))));
                }
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        });
        changes.start();
        var steady = elements.stream().map(SetElement::key).collect(Collectors.toSet());
        for (int i = 0; i < 20; i++) {
            // The one that comes and goes may be among them: a transaction is half done for an instant.
            var found = nftables.elements(TABLE, "s", listed -> listed.element().key()).stream()
                    .filter(key -> !key.equals(element(1).key())).toList();
            assertEquals(steady.size(), found.size());
            assertEquals(steady, Set.copyOf(found));
        }
        changes.join();
    }

    /** Changes the ruleset in the midst of dumps, so that the kernel marks them as interrupted. */
    private int readings(int interruptions) throws Exception {
        var elements = new ArrayList<SetElement>();
        for (int i = 0; i < 5000; i++) {
            elements.add(element(i));
        }
        nftables.commit(new NftBatch().add(TABLE).add(SET).add(SET, elements));
        var first = new AtomicReference<Bytes>();
        var begun = new AtomicInteger();
        try (var other = Nftables.open(namespace)) {
            var found = nftables.elements(TABLE, "s", listed -> {
                var key = listed.element().key();
                if (first.compareAndSet(null, key) || key.equals(first.get())) {
                    if (begun.incrementAndGet() <= interruptions) {
                        commit(other, new NftBatch().add(Chain.regular(TABLE, "c" + begun)));
                    }
                }
                return key;
            });
            assertEquals(5000, found.size());
            assertEquals(5000, Set.copyOf(found).size());
        }
        return begun.get();
    }

    private static void commit(Nftables nftables, NftBatch batch) {
        try {
            nftables.commit(batch);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Test
    void anInterruptedDumpIsBegunAnew() throws Exception {
        assertEquals(4, readings(3));
    }

    @Test
    void aDumpThatIsAlwaysInterruptedIsRefused() {
        assertEquals("EINTR", assertThrows(NetlinkException.class, () -> readings(Integer.MAX_VALUE)).errnoName());
    }

    @Test
    void namesAndCommentsThatNftCouldNotReadAreRefused() {
        for (var bad : List.of("", "1a", "a b", "a\"", "é", "x".repeat(256))) {
            assertThrows(IllegalArgumentException.class, () -> new Table(Family.IP, bad), bad);
        }
        for (var bad : List.of("a \"quote", "line\nbreak", "x".repeat(128), "é".repeat(64))) {
            assertThrows(IllegalArgumentException.class, () -> new NftBatch().add(CHAIN.comment(bad)), bad);
        }
    }
}
