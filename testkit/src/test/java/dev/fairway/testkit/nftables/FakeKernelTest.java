package dev.fairway.testkit.nftables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.netlink.nftables.Bytes;
import dev.fairway.netlink.nftables.Chain;
import dev.fairway.netlink.nftables.DataType;
import dev.fairway.netlink.nftables.Family;
import dev.fairway.netlink.nftables.Hook;
import dev.fairway.netlink.nftables.NftBatch;
import dev.fairway.netlink.nftables.NftCommitException;
import dev.fairway.netlink.nftables.NftSet;
import dev.fairway.netlink.nftables.Nftables;
import dev.fairway.netlink.nftables.Rule;
import dev.fairway.netlink.nftables.SetElement;
import dev.fairway.netlink.nftables.SetField;
import dev.fairway.netlink.nftables.Table;
import dev.fairway.netlink.nftables.Verdict;
import dev.fairway.netlink.nftables.expr.Immediate;
import dev.fairway.netlink.sys.Errno;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the fake does by order rather than by the kernel's rules, which {@link RulesetParityTest} holds it to. */
class FakeKernelTest {
    private static final Table TABLE = new Table(Family.IP, "fake");
    private static final NftSet PORTS = NftSet.set(TABLE, "ports", SetField.of(DataType.INET_SERVICE));

    private final FakeKernel kernel = new FakeKernel();
    private final Nftables nftables = Nftables.over(kernel.connect());

    private static List<SetElement> ports(int from, int count) {
        return IntStream.range(from, from + count).mapToObj(port -> SetElement.of(Bytes.be16(port))).toList();
    }

    private NftCommitException refused(NftBatch batch) {
        return assertThrows(NftCommitException.class, () -> nftables.commit(batch));
    }

    @Test
    void refusesWhatItIsToldToAndNothingOfTheBatchStays() throws Exception {
        kernel.refuseNext(12);
        kernel.refuseNext(28);
        assertEquals(12, refused(new NftBatch().add(TABLE).add(PORTS)).errno());
        assertEquals("add table ip fake", refused(new NftBatch().add(TABLE)).failures().getFirst().change());
        assertEquals(List.of(), nftables.tables());
        assertEquals("", kernel.dump());
        nftables.commit(new NftBatch().add(TABLE).add(PORTS).add(PORTS, ports(1, 10)));
        assertEquals(10, nftables.elements(TABLE, "ports").size());
        assertEquals(3, kernel.batches());
    }

    @Test
    void isFullWhereItIsToldSo() throws Exception {
        kernel.limit(20, 12);
        nftables.commit(new NftBatch().add(TABLE).add(PORTS).add(PORTS, ports(1, 20)));
        assertEquals(12, refused(new NftBatch().add(PORTS, ports(100, 1))).errno());
        nftables.commit(new NftBatch().delete(PORTS, ports(1, 1)).add(PORTS, ports(100, 1)));
        kernel.unlimit();
        nftables.commit(new NftBatch().add(PORTS, ports(1000, 1000)));
        assertEquals(1020, nftables.elements(TABLE, "ports").size());
    }

    @Test
    void namesTheElementAtFault() throws Exception {
        nftables.commit(new NftBatch().add(TABLE).add(PORTS).add(PORTS, ports(1, 3)));
        var failure = refused(new NftBatch().delete(PORTS, ports(1, 5))).failures().getFirst();
        assertEquals(Errno.ENOENT, failure.error().errno());
        assertEquals(Bytes.be16(4), failure.element().orElseThrow().key());
        assertEquals(3, nftables.elements(TABLE, "ports").size());
    }

    @Test
    void knowsGenerations() throws Exception {
        int before = nftables.generation();
        nftables.commit(new NftBatch().add(TABLE));
        assertEquals(before + 1, nftables.generation());
        assertTrue(assertThrows(NftCommitException.class,
                () -> nftables.commit(new NftBatch().add(PORTS), before)).isStale());
        nftables.commit(new NftBatch().add(PORTS), before + 1);
    }

    @Test
    void findsLoops() throws Exception {
        var base = Chain.base(TABLE, "input", new Hook(Hook.Type.FILTER, Hook.Point.INPUT, 0));
        var one = Chain.regular(TABLE, "one");
        var two = Chain.regular(TABLE, "two");
        nftables.commit(new NftBatch().add(TABLE).add(one).add(two).append(Rule.of(one, Immediate.of(Verdict.jump("two"))))
                .append(Rule.of(two, Immediate.of(Verdict.jump("one")))));
        assertEquals("append rule to chain ip fake input", refused(new NftBatch().add(base)
                .append(Rule.of(base, Immediate.of(Verdict.jump("one"))))).failures().getFirst().change());
    }

    @Test
    void textOfNoRulesetIsRefusedWithItsLine() {
        var line = "chain 2 fake one = 00";
        assertTrue(assertThrows(IllegalArgumentException.class, () -> kernel.load(line)).getMessage().contains(line));
    }
}
