package dev.fairway.benchmarks;

import dev.fairway.netlink.nftables.Bytes;
import dev.fairway.netlink.nftables.DataType;
import dev.fairway.netlink.nftables.Family;
import dev.fairway.netlink.nftables.NftBatch;
import dev.fairway.netlink.nftables.NftSet;
import dev.fairway.netlink.nftables.SetElement;
import dev.fairway.netlink.nftables.SetField;
import dev.fairway.netlink.nftables.Table;
import dev.fairway.netlink.nftables.Verdict;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Encoding one transaction of endpoints, or of Service addresses: what a change costs before the kernel has it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class BatchBenchmark {
    private static final Table TABLE = new Table(Family.IP, "benchmark");
    private static final NftSet ENDPOINTS = NftSet.map(TABLE, "endpoints",
            List.of(SetField.ipDaddr(), SetField.l4proto(), SetField.thDport(), SetField.randomNumber()),
            List.of(SetField.ipDaddr(), SetField.thDport()));
    private static final NftSet SERVICES = NftSet.verdictMap(TABLE, "services", SetField.of(DataType.IPV4_ADDR),
            SetField.of(DataType.INET_PROTO), SetField.of(DataType.INET_SERVICE));
    private static final int TCP = 6;

    /** Elements in the transaction. */
    @Param({"1", "100", "8000"})
    public int elements;

    private List<SetElement> endpoints;
    private List<SetElement> services;

    /** Makes the elements, which a change does not have to encode twice. */
    @Setup
    public void elements() {
        endpoints = IntStream.range(0, elements).mapToObj(i -> SetElement.of(
                Bytes.concat(Bytes.be32(0x0a600001 + i / 25), Bytes.u8(TCP), Bytes.be16(80), Bytes.u32(i % 25)),
                Bytes.concat(Bytes.be32(0x0a800001 + i), Bytes.be16(8080)))).toList();
        services = IntStream.range(0, elements).mapToObj(i -> SetElement.of(
                Bytes.concat(Bytes.be32(0x0a600001 + i), Bytes.u8(TCP), Bytes.be16(80)),
                Verdict.goTo("cluster-ip-8")).comment("shop/service-" + i + ":http")).toList();
    }

    @Benchmark
    public int encodeEndpoints() {
        return new NftBatch().add(ENDPOINTS, endpoints).bytes();
    }

    @Benchmark
    public int encodeServices() {
        return new NftBatch().add(SERVICES, services).bytes();
    }

    /** With the making of keys and data, as the proxy does it for a change. */
    @Benchmark
    public int makeAndEncodeEndpoints() {
        elements();
        return new NftBatch().add(ENDPOINTS, endpoints).bytes();
    }
}
