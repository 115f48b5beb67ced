package dev.fairway.apiserver.kinds.service;

import dev.fairway.apiserver.Cidr;
import dev.fairway.apiserver.Ip;
import dev.fairway.apiserver.kinds.Check;
import dev.fairway.apiserver.registry.ServerContext;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ApiException;
import dev.fairway.kube.client.DeleteOptions;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import tools.jackson.databind.node.ObjectNode;

/**
 * Cluster IPs, each held by an IPAddress object of its own name (KEP-1880): creating it is the allocation, and the
 * store refuses the second who tries, whichever server asked.
 */
final class ClusterIps {
    static final ResourceType IP_ADDRESSES =
            new ResourceType("networking.k8s.io", "v1", "ipaddresses", "IPAddress", false);
    private static final int RANDOM_TRIES = 64;

    private final ApiClient client;
    private final List<Cidr> ranges;
    private final RandomGenerator random;

    ClusterIps(ApiClient client, List<Cidr> ranges, RandomGenerator random) {
        this.client = client;
        this.ranges = ranges;
        this.random = random;
    }

    static ClusterIps of(ServerContext server) {
        return new ClusterIps(new ApiClient(server.transport()), server.config().serviceCidrs(), RandomGenerator.getDefault());
    }

    /** The IP families of the ranges, the default one first. */
    static List<String> families(ServerContext server) {
        return server.config().serviceCidrs().stream().map(range -> range.isIpv6() ? "IPv6" : "IPv4").toList();
    }

    /** The range that an address must lie in; empty when the cluster has none of its family. */
    Optional<Cidr> rangeOf(String family) {
        return ranges.stream().filter(range -> range.isIpv6() == family.equals("IPv6")).findFirst();
    }

    /** Whether an address may be a cluster IP: in the range, and neither its first nor (IPv4) its last. */
    static boolean usable(Cidr range, InetAddress address) {
        boolean last = !range.isIpv6() && address.equals(range.at(range.size().longValueExact() - 1));
        return range.contains(address) && !address.equals(range.at(0)) && !last;
    }

    /** Takes an address; false if somebody has it. */
    boolean take(InetAddress address, ObjectNode service, boolean dryRun) {
        String name = Ip.text(address);
        if (dryRun) {
            return client.find(IP_ADDRESSES, "", name).isEmpty();
        }
        KubeObject ip = KubeObject.of(IP_ADDRESSES, "", name);
        ip.metadata().putObject("labels")
                .put("ipaddress.kubernetes.io/ip-family", Check.family(address))
                .put("ipaddress.kubernetes.io/managed-by", "ipallocator.k8s.io");
        ip.spec().putObject("parentRef")
                .put("group", "")
                .put("resource", "services")
                .put("namespace", service.path("metadata").path("namespace").asString(""))
                .put("name", service.path("metadata").path("name").asString(""));
        try {
            client.create(IP_ADDRESSES, ip);
            return true;
        } catch (ApiException e) {
            if (e.alreadyExists()) {
                return false;
            }
            throw e;
        }
    }

    /** Takes any free address of a range, from its upper part first (KEP-3070); empty when it is used up. */
    Optional<InetAddress> takeAny(Cidr range, ObjectNode service, boolean dryRun) {
        long size = range.size().min(BigInteger.valueOf(1L << 20)).longValueExact();
        long usable = range.isIpv6() ? size - 1 : size - 2;
        long band = Math.min(Math.min(Math.max(16, size / 16), 256), Math.max(0, usable - 1));
        for (int i = 0; i < RANDOM_TRIES; i++) {
            InetAddress address = range.at(1 + band + random.nextLong(usable - band));
            if (take(address, service, dryRun)) {
                return Optional.of(address);
            }
        }
        for (long offset = usable; offset >= 1; offset--) {
            InetAddress address = range.at(offset);
            if (take(address, service, dryRun)) {
                return Optional.of(address);
            }
        }
        return Optional.empty();
    }

    /** Gives an address back; one that is gone already is as good. */
    void release(String address) {
        try {
            client.delete(IP_ADDRESSES, "", address, DeleteOptions.DEFAULT);
        } catch (ApiException e) {
            if (!e.notFound()) {
                throw e;
            }
        }
    }
}
