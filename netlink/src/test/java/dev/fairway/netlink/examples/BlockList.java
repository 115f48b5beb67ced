package dev.fairway.netlink.examples;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.nftables.Bytes;
import dev.fairway.netlink.nftables.Chain;
import dev.fairway.netlink.nftables.DataType;
import dev.fairway.netlink.nftables.Family;
import dev.fairway.netlink.nftables.Hook;
import dev.fairway.netlink.nftables.NftBatch;
import dev.fairway.netlink.nftables.NftCommitException;
import dev.fairway.netlink.nftables.NftSet;
import dev.fairway.netlink.nftables.Nftables;
import dev.fairway.netlink.nftables.Register;
import dev.fairway.netlink.nftables.Rule;
import dev.fairway.netlink.nftables.SetElement;
import dev.fairway.netlink.nftables.SetField;
import dev.fairway.netlink.nftables.Table;
import dev.fairway.netlink.nftables.Verdict;
import dev.fairway.netlink.nftables.expr.Counter;
import dev.fairway.netlink.nftables.expr.Immediate;
import dev.fairway.netlink.nftables.expr.Lookup;
import dev.fairway.netlink.nftables.expr.Payload;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/** Keeps senders out for a while, with one rule however many they are. */
final class BlockList implements AutoCloseable {
    private static final Table TABLE = new Table(Family.IP, "blocklist");
    private static final NftSet BLOCKED = NftSet.set(TABLE, "blocked", SetField.of(DataType.IPV4_ADDR))
            .flags(NftSet.Flag.TIMEOUT).comment("senders that are kept out");
    private static final Chain INPUT = Chain.base(TABLE, "input",
            new Hook(Hook.Type.FILTER, Hook.Point.INPUT, Hook.PRIORITY_FILTER));

    private final Nftables nftables;

    /** Table, set, chain and rule appear together or, if the kernel refuses one of them, not at all. */
    BlockList(NetworkNamespace namespace) throws IOException {
        nftables = Nftables.open(namespace);
        nftables.commit(new NftBatch().add(TABLE).add(BLOCKED).add(INPUT)
                .append(Rule.of(INPUT, Payload.ipSaddr(Register.R1), Lookup.in(BLOCKED.name(), Register.R1),
                        new Counter(), Immediate.of(Verdict.DROP)).comment("they have been warned")));
    }

    void block(InetAddress sender, Duration howLong) throws IOException {
        nftables.commit(new NftBatch().add(BLOCKED,
                List.of(SetElement.of(Bytes.address(sender)).timeout(howLong.toMillis()))));
    }

    /** False if nobody of that address is kept out. */
    boolean unblock(InetAddress sender) throws IOException {
        try {
            nftables.commit(new NftBatch().delete(BLOCKED, List.of(SetElement.of(Bytes.address(sender)))));
            return true;
        } catch (NftCommitException refused) {
            // The exception names the element: ENOENT at "delete elements of ip blocklist blocked".
            return false;
        }
    }

    int size() throws IOException {
        return nftables.elements(TABLE, BLOCKED.name()).size();
    }

    @Override
    public void close() throws IOException {
        try (nftables) {
            nftables.commit(new NftBatch().delete(TABLE));
        }
    }
}
