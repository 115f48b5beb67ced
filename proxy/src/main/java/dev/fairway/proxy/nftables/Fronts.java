package dev.fairway.proxy.nftables;

import dev.fairway.netlink.nftables.Bytes;
import dev.fairway.netlink.nftables.NftSet;
import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.model.IpCidr;
import dev.fairway.proxy.nftables.Front.Way;
import dev.fairway.proxy.state.Backend;
import dev.fairway.proxy.state.PortConfig;
import dev.fairway.proxy.state.PortState;
import dev.fairway.proxy.state.ServiceState;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Computes what a Service needs. A pure function of the Service's state and the node's. */
final class Fronts {
    /** What nft accepts as a comment, in bytes. */
    private static final int COMMENT_BYTES = 127;

    private final Skeleton skeleton;
    private final Map<FrontKey, Front> fronts = new LinkedHashMap<>();
    private final Set<Wants.Shared> shared = new HashSet<>();
    private final List<ChainSpec> chains = new ArrayList<>();
    private final List<NftSet> sets = new ArrayList<>();

    private Fronts(Skeleton skeleton) {
        this.skeleton = skeleton;
    }

    static Wants of(Skeleton skeleton, ServiceState service) {
        var fronts = new Fronts(skeleton);
        service.ports().forEach(fronts::port);
        return new Wants(fronts.fronts, fronts.shared, fronts.chains, fronts.sets);
    }

    private void port(PortState port) {
        var config = port.config();
        var affinity = config.affinitySeconds() > 0 ? new Affinity(skeleton, port) : null;
        if (affinity != null) {
            affinity.write(chains, sets);
        }
        clusterIp(port, affinity);
        for (var address : config.externalIps()) {
            external(port, affinity, address(address, config), List.of());
        }
        for (var address : config.loadBalancerVips()) {
            external(port, affinity, address(address, config), sources(config));
        }
        if (config.nodePort() != 0) {
            external(port, affinity, new FrontKey.NodePort(config.protocol(), config.nodePort()), List.of());
        }
        shared.add(new Wants.Shared(SetId.CLUSTER_ADDRESSES, Bytes.of(config.clusterIp().bytes())));
        for (var backend : port.backends().reachable()) {
            // Only an endpoint on this node can be a client of this node; without a node name it may be.
            if (backend.local() || backend.endpoint().nodeName().isEmpty()) {
                var address = Bytes.of(backend.address().bytes());
                shared.add(new Wants.Shared(SetId.HAIRPINS, Bytes.concat(address, address)));
            }
        }
    }

    private static FrontKey address(IpAddress address, PortConfig config) {
        return new FrontKey.Address(address, config.protocol(), config.port());
    }

    private void clusterIp(PortState port, Affinity affinity) {
        var config = port.config();
        var members = EnumSet.noneOf(SetId.class);
        if (!port.hasInternalEndpoints()) {
            members.add(port.backends().usable() ? SetId.NOT_LOCAL_SERVICES : SetId.UNSERVED_SERVICES);
        }
        var lists = new EnumMap<ListKind, List<Slots.Target>>(ListKind.class);
        Way way;
        if (affinity != null) {
            way = new Way.ToChain(affinity.internalChain());
        } else {
            way = new Way.ByCapacity(ChainRef.Kind.CLUSTER_IP);
            lists.put(ListKind.SERVICE,
                    targets(config.internalPolicyLocal() ? port.backends().local() : port.backends().cluster()));
        }
        fronts.putIfAbsent(address(config.clusterIp(), config),
                new Front(comment(config), Map.of(SetId.SERVICES, way), lists, members, List.of()));
    }

    private void external(PortState port, Affinity affinity, FrontKey key, List<IpCidr> sources) {
        boolean nodePort = key instanceof FrontKey.NodePort;
        var main = nodePort ? ListKind.NODE_PORT : ListKind.SERVICE;
        var fromNode = nodePort ? ListKind.NODE_PORT_FROM_NODE : ListKind.SERVICE_FROM_NODE;
        var ways = new EnumMap<SetId, Way>(SetId.class);
        var lists = new EnumMap<ListKind, List<Slots.Target>>(ListKind.class);
        if (affinity != null) {
            ways.put(main.fronts(), new Way.ToChain(affinity.externalChain()));
        } else if (port.config().externalPolicyLocal()) {
            ways.put(main.fronts(), new Way.ByCapacity(
                    nodePort ? ChainRef.Kind.NODE_PORT_LOCAL : ChainRef.Kind.EXTERNAL_LOCAL));
            ways.put(fromNode.fronts(), new Way.ByCapacity(ChainRef.Kind.drawing(fromNode)));
            lists.put(main, targets(port.backends().local()));
            lists.put(fromNode, targets(port.backends().cluster()));
        } else {
            ways.put(main.fronts(), new Way.ByCapacity(nodePort ? ChainRef.Kind.NODE_PORT : ChainRef.Kind.EXTERNAL));
            lists.put(main, targets(port.backends().cluster()));
        }
        fronts.putIfAbsent(key, new Front(comment(port.config()), ways, lists,
                members(port, nodePort, !sources.isEmpty()), sources));
    }

    private static Set<SetId> members(PortState port, boolean nodePort, boolean guarded) {
        var members = EnumSet.noneOf(SetId.class);
        if (!port.hasExternalEndpoints()) {
            if (port.backends().usable()) {
                members.add(nodePort ? SetId.NOT_LOCAL_NODE_PORTS : SetId.NOT_LOCAL_SERVICES);
            } else {
                members.add(nodePort ? SetId.UNSERVED_NODE_PORTS : SetId.UNSERVED_SERVICES);
            }
        }
        if (guarded) {
            members.add(SetId.GUARDED_SERVICES);
        }
        return members;
    }

    /**
     * Who may come to a load balancer's address, endpoints or not. Without those ranges that lie within others: the kernel
     * refuses ranges that overlap.
     */
    private List<IpCidr> sources(PortConfig config) {
        var all = new ArrayList<>(config.sourceRanges());
        // A load balancer's address may be one of this node's own: then the node's packets come from it.
        if (all.stream().anyMatch(range -> range.contains(skeleton.node().address()))) {
            config.loadBalancerVips().forEach(vip -> all.add(IpCidr.of(vip)));
        }
        return all.stream().distinct()
                .filter(range -> all.stream().noneMatch(other -> !other.equals(range)
                        && other.length() < range.length() && other.contains(range.address())))
                .toList();
    }

    private static List<Slots.Target> targets(List<Backend> backends) {
        var targets = new ArrayList<Slots.Target>(backends.size());
        for (var backend : backends) {
            targets.add(new Slots.Target(backend.address(), backend.port()));
        }
        return targets;
    }

    private static String comment(PortConfig config) {
        var text = config.name().toString();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return bytes.length <= COMMENT_BYTES ? text
                : new String(bytes, 0, COMMENT_BYTES - 3, StandardCharsets.UTF_8) + "...";
    }
}
