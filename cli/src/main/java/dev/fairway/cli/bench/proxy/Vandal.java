package dev.fairway.cli.bench.proxy;

import dev.fairway.cli.bench.measure.Latencies;
import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.nftables.Bytes;
import dev.fairway.netlink.nftables.DataType;
import dev.fairway.netlink.nftables.Family;
import dev.fairway.netlink.nftables.NftBatch;
import dev.fairway.netlink.nftables.NftEvent;
import dev.fairway.netlink.nftables.NftMonitor;
import dev.fairway.netlink.nftables.NftSet;
import dev.fairway.netlink.nftables.Nftables;
import dev.fairway.netlink.nftables.SetElement;
import dev.fairway.netlink.nftables.SetField;
import dev.fairway.netlink.nftables.Table;
import dev.fairway.proxy.nftables.NftablesDataplane;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/** Takes an endpoint out of the kernel's map behind the proxy's back, and waits until it is there again. */
final class Vandal {
    private static final int IPPROTO_TCP = 6;
    private static final int RECEIVE_BUFFER = 1 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final NftSet ENDPOINTS = NftSet.map(new Table(Family.IP, NftablesDataplane.TABLE), "service-endpoints",
            List.of(SetField.of(DataType.IPV4_ADDR), SetField.of(DataType.INET_PROTO), SetField.of(DataType.INET_SERVICE),
                    SetField.of(DataType.INTEGER)),
            List.of(SetField.of(DataType.IPV4_ADDR), SetField.of(DataType.INET_SERVICE)));

    private Vandal() {}

    /** Nanoseconds from the end of each deletion to the message that the element is back. */
    static Latencies mends(NetworkNamespace node, String clusterIp, int count) throws IOException {
        Bytes key = Bytes.concat(Bytes.address(InetAddress.ofLiteral(clusterIp)), Bytes.u8(IPPROTO_TCP),
                Bytes.be16(BenchObjects.PORT), Bytes.u32(0));
        long[] nanos = new long[count];
        try (Nftables nftables = Nftables.open(node); NftMonitor monitor = NftMonitor.open(node, RECEIVE_BUFFER)) {
            for (int i = 0; i < count; i++) {
                nftables.commit(new NftBatch().delete(ENDPOINTS, List.of(SetElement.of(key))));
                long start = System.nanoTime();
                while (!isBack(monitor, key)) {
                    if (System.nanoTime() - start > PATIENCE.toNanos()) {
                        throw new IOException("a deleted endpoint was not put back within " + PATIENCE.toSeconds() + " s");
                    }
                }
                nanos[i] = System.nanoTime() - start;
            }
        }
        return new Latencies(nanos);
    }

    private static boolean isBack(NftMonitor monitor, Bytes key) throws IOException {
        return monitor.receive(PATIENCE).stream().anyMatch(event -> event instanceof NftEvent.Elements changed
                && changed.added() && changed.set().equals(ENDPOINTS.name())
                && changed.elements().stream().anyMatch(listed -> listed.element().key().equals(key)));
    }
}
