package dev.fairway.netlink.examples;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.nftables.Bytes;
import dev.fairway.netlink.nftables.Chain;
import dev.fairway.netlink.nftables.DataType;
import dev.fairway.netlink.nftables.Family;
import dev.fairway.netlink.nftables.Hook;
import dev.fairway.netlink.nftables.NftBatch;
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
import dev.fairway.netlink.sys.ErrnoException;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/** Addresses that are not let into a host, each for a while. */
final class BlockList implements AutoCloseable {
    private static final Table TABLE = new Table(Family.IP, "guard");
    private static final NftSet BLOCKED = NftSet.set(TABLE, "blocked", SetField.of(DataType.IPV4_ADDR))
            .flags(NftSet.Flag.TIMEOUT)
            .comment("not let in");

    private final Nftables nftables;

    BlockList(NetworkNamespace host) throws IOException {
        nftables = Nftables.open(host);
        Chain input = Chain.base(TABLE, "input", new Hook(Hook.Type.FILTER, Hook.Point.INPUT, Hook.PRIORITY_FILTER));
        nftables.commit(new NftBatch().add(TABLE).add(BLOCKED).add(input).append(Rule.of(input,
                Payload.ipSaddr(Register.R1), Lookup.in(BLOCKED.name(), Register.R1),
                new Counter(), Immediate.of(Verdict.DROP)).comment("the block list")));
    }

    void block(InetAddress address, Duration time) throws ErrnoException {
        SetElement element = SetElement.of(Bytes.address(address)).timeout(time.toMillis());
        nftables.commit(new NftBatch().add(BLOCKED, List.of(element)));
    }

    void unblock(InetAddress address) throws ErrnoException {
        nftables.commit(new NftBatch().delete(BLOCKED, List.of(SetElement.of(Bytes.address(address)))));
    }

    @Override
    public void close() {
        nftables.close();
    }
}
