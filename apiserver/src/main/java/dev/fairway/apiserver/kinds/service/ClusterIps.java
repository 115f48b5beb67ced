package dev.fairway.apiserver.kinds.service;

import dev.fairway.apiserver.config.Cidr;
import dev.fairway.apiserver.config.Ip;
import dev.fairway.apiserver.kinds.Check;
import dev.fairway.apiserver.registry.ResourceDefinition;
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
import tools.jackson.databind.JsonNode;
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
    private final ServerContext server;
    private final ResourceDefinition serviceCidrs;
    private final RandomGenerator random;

    private ClusterIps(ServerContext server) {
        this.client = new ApiClient(server.transport());
        this.server = server;
        this.serviceCidrs = server.resources().require("networking.k8s.io", "servicecidrs");
        this.random = RandomGenerator.getDefault();
    }

    static ClusterIps of(ServerContext server) {
        return new ClusterIps(server);
    }

    /** The IP families that the cluster was set up with, the default one first. */
    static List<String> families(ServerContext server) {
        return server.config().serviceCidrs().stream().map(range -> range.isIpv6() ? "IPv6" : "IPv4").toList();
    }

    /** The ranges of a family, as the ServiceCIDRs say now: those that are ready, and not on their way out. */
    List<Cidr> ranges(String family) {
        return server.list(serviceCidrs, "").stream()
                .filter(each -> !each.path("metadata").hasNonNull("deletionTimestamp") && isReady(each))
                .flatMap(each -> each.path("spec").path("cidrs").valueStream())
                .map(each -> Cidr.parse(each.asString("")))
                .filter(range -> range.isIpv6() == family.equals("IPv6"))
                .toList();
    }

    /** One that nobody has looked at yet counts as ready. */
    private static boolean isReady(JsonNode serviceCidr) {
        return serviceCidr.path("status").path("conditions").valueStream()
                .filter(each -> each.path("type").asString("").equals("Ready"))
                .allMatch(each -> each.path("status").asString("").equals("True"));
    }

    /** Whether an address may be a cluster IP: in the range, and neither its first nor (IPv4) its last. */
    static boolean usable(Cidr range, InetAddress address) {
        boolean last = !range.isIpv6() && address.equals(range.at(range.size().longValueExact() - 1));
        boolean only = range.size().equals(BigInteger.ONE);
        return range.contains(address) && (only || !address.equals(range.at(0)) && !last);
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

    /** Takes any free address of a family; empty when all ranges are used up. */
    Optional<InetAddress> takeAny(String family, ObjectNode service, boolean dryRun) {
        return ranges(family).stream().flatMap(range -> takeAny(range, service, dryRun).stream()).findFirst();
    }

    /** Takes any free address of a range, from its upper part first (KEP-3070); empty when it is used up. */
    private Optional<InetAddress> takeAny(Cidr range, ObjectNode service, boolean dryRun) {
        long size = range.size().min(BigInteger.valueOf(1L << 20)).longValueExact();
        long usable = range.isIpv6() ? size - 1 : size - 2;
        if (usable < 1) {
            return Optional.of(range.base()).filter(only -> usable(range, only) && take(only, service, dryRun));
        }
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
