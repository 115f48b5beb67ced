package dev.fairway.proxy.nftables;

import dev.fairway.kube.ObjectKey;
import dev.fairway.netlink.nftables.Bytes;
import dev.fairway.netlink.nftables.NftSet;
import dev.fairway.proxy.model.IpCidr;
import dev.fairway.proxy.nftables.Front.Way;
import dev.fairway.proxy.state.DesiredState;
import dev.fairway.proxy.state.ServiceState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/**
 * Turns changed Services into changes of the mirror. An address that several Services claim goes to the first by name, and
 * to the next when that one lets it go.
 */
final class Planner {
    /** The sets that the key of a front may be in, by whether it has an address. */
    private static final Set<SetId> OF_ADDRESSES = EnumSet.of(SetId.SERVICES, SetId.SERVICES_FROM_NODE,
            SetId.UNSERVED_SERVICES, SetId.NOT_LOCAL_SERVICES, SetId.GUARDED_SERVICES);
    private static final Set<SetId> OF_NODE_PORTS = EnumSet.of(SetId.NODE_PORTS, SetId.NODE_PORTS_FROM_NODE,
            SetId.UNSERVED_NODE_PORTS, SetId.NOT_LOCAL_NODE_PORTS);

    /** What is remembered of a Service as it was planned last: not its endpoints, of which there may be a million. */
    private record Planned(Optional<ServiceState> state, Set<FrontKey> fronts, Set<Wants.Shared> shared,
            List<ChainSpec> chains, Set<String> sets) {
        static Planned of(ServiceState state, Wants wants) {
            return new Planned(Optional.of(state), Set.copyOf(wants.fronts().keySet()), Set.copyOf(wants.shared()),
                    wants.chains(), wants.sets().stream().map(NftSet::name).collect(Collectors.toSet()));
        }
    }

    private final Skeleton skeleton;
    private final Mirror mirror;
    private final Map<ObjectKey, Planned> planned = new HashMap<>();
    private final Map<FrontKey, ObjectKey> owners = new HashMap<>();
    private final Map<FrontKey, TreeSet<ObjectKey>> waiting = new HashMap<>();
    private final Map<Wants.Shared, Integer> uses = new HashMap<>();

    Planner(Skeleton skeleton, Mirror mirror) {
        this.skeleton = skeleton;
        this.mirror = mirror;
    }

    Skeleton skeleton() {
        return skeleton;
    }

    Mirror mirror() {
        return mirror;
    }

    Staging stage() {
        return new Staging(skeleton.layout(), mirror);
    }

    /** Whether a Service was planned for this very state. */
    boolean isPlanned(ServiceState state) {
        var last = planned.get(state.key());
        return last != null && last.state.filter(planned -> planned == state).isPresent();
    }

    /** The Services that were planned and are not in {@code state} any more. */
    List<ObjectKey> gone(DesiredState state) {
        return planned.keySet().stream().filter(key -> state.service(key).isEmpty()).toList();
    }

    /** Stages the table, the sets and the chains that are always there. */
    void base(Staging staging) {
        staging.table();
        skeleton.base().forEach(staging::chain);
        for (var name : List.copyOf(mirror.chains.keySet())) {
            ChainRef.parse(name).ifPresent(ref -> staging.chain(skeleton.chain(ref)));
        }
        var listening = new HashSet<Bytes>();
        for (var address : skeleton.nodeAddresses()) {
            var key = Bytes.of(address.bytes());
            listening.add(key);
            staging.put(SetId.NODE_ADDRESSES, key, Optional.of(Entry.MEMBER));
        }
        for (var key : List.copyOf(mirror.entries.get(SetId.NODE_ADDRESSES).keySet())) {
            if (!listening.contains(key)) {
                staging.put(SetId.NODE_ADDRESSES, key, Optional.empty());
            }
        }
    }

    /** Stages the end of elements that belong to nothing; before anything else, since others may get their keys. */
    void dropStrays(Staging staging) {
        mirror.strays.forEach((set, strays) ->
                List.copyOf(strays.values()).forEach(stray -> staging.dropStray(set, stray)));
    }

    /** Stages what others changed back to what it was. */
    void mend(Repair repair, DesiredState state, Staging staging) {
        dropStrays(staging);
        base(staging);
        if (repair.touchesRules()) {
            planned.values().forEach(service -> service.chains().forEach(staging::chain));
        }
        for (var set : List.of(SetId.CLUSTER_ADDRESSES, SetId.HAIRPINS)) {
            dropUnused(set, staging);
        }
        uses.keySet().forEach(shared -> staging.put(shared.set(), shared.key(), Optional.of(Entry.MEMBER)));
        for (var front : repair.fronts()) {
            var owner = owners.get(front);
            if (owner == null) {
                apply(front, Optional.empty(), staging);
            } else {
                plan(owner, state, staging);
            }
        }
    }

    /** Stages what one Service needs now, and what others get from it. */
    void plan(ObjectKey key, DesiredState state, Staging staging) {
        Deque<ObjectKey> work = new ArrayDeque<>(List.of(key));
        while (!work.isEmpty()) {
            var next = work.pop();
            plan(next, state.service(next), staging, work);
        }
    }

    private void plan(ObjectKey key, Optional<ServiceState> state, Staging staging, Deque<ObjectKey> work) {
        var wants = state.map(service -> Fronts.of(skeleton, service)).orElse(Wants.NOTHING);
        var before = Optional.ofNullable(planned.get(key));
        var hadFronts = before.map(Planned::fronts).orElse(Set.of());
        var hadShared = before.map(Planned::shared).orElse(Set.of());
        wants.sets().forEach(staging::ownSet);
        wants.chains().forEach(staging::chain);
        wants.shared().stream().filter(shared -> !hadShared.contains(shared)).forEach(shared -> use(shared, 1, staging));
        wants.fronts().forEach((front, content) -> {
            if (claim(front, key, staging)) {
                apply(front, Optional.of(content), staging);
            }
        });
        for (var front : hadFronts) {
            if (!wants.fronts().containsKey(front)) {
                release(front, key, staging, work);
            }
        }
        hadShared.stream().filter(shared -> !wants.shared().contains(shared)).forEach(shared -> use(shared, -1, staging));
        before.ifPresent(had -> dropOwn(had, wants, staging));
        var now = state.map(service -> Planned.of(service, wants));
        replace(planned, key, now, staging);
    }

    private static void dropOwn(Planned had, Wants wants, Staging staging) {
        var chains = new HashSet<>(wants.chains().stream().map(ChainSpec::name).toList());
        had.chains().stream().map(ChainSpec::name).filter(name -> !chains.contains(name)).forEach(staging::dropChain);
        var sets = new HashSet<>(wants.sets().stream().map(NftSet::name).toList());
        had.sets().stream().filter(name -> !sets.contains(name)).forEach(staging::dropOwnSet);
    }

    private static <K, V> void replace(Map<K, V> map, K key, Optional<V> value, Staging staging) {
        var before = Optional.ofNullable(value.isPresent() ? map.put(key, value.get()) : map.remove(key));
        staging.onRollback(() -> before.ifPresentOrElse(old -> map.put(key, old), () -> map.remove(key)));
    }

    private void use(Wants.Shared shared, int change, Staging staging) {
        int before = uses.getOrDefault(shared, 0);
        int now = before + change;
        replace(uses, shared, now == 0 ? Optional.empty() : Optional.of(now), staging);
        staging.put(shared.set(), shared.key(), now == 0 ? Optional.empty() : Optional.of(Entry.MEMBER));
    }

    /** Whether the Service has the front to itself. */
    private boolean claim(FrontKey front, ObjectKey key, Staging staging) {
        var owner = owners.get(front);
        if (owner == null || owner.equals(key)) {
            if (owner == null) {
                replace(owners, front, Optional.of(key), staging);
                await(front, key, staging, (queue, service) -> queue.remove(service));
            }
            return true;
        }
        if (owner.compareTo(key) < 0) {
            await(front, key, staging, (queue, service) -> queue.add(service));
            return false;
        }
        await(front, owner, staging, (queue, service) -> queue.add(service));
        await(front, key, staging, (queue, service) -> queue.remove(service));
        replace(owners, front, Optional.of(key), staging);
        return true;
    }

    private void await(FrontKey front, ObjectKey key, Staging staging, BiConsumer<TreeSet<ObjectKey>, ObjectKey> change) {
        var queue = new TreeSet<>(waiting.getOrDefault(front, new TreeSet<>()));
        change.accept(queue, key);
        if (queue.isEmpty() && !waiting.containsKey(front)) {
            return;
        }
        replace(waiting, front, queue.isEmpty() ? Optional.empty() : Optional.of(queue), staging);
    }

    private void release(FrontKey front, ObjectKey key, Staging staging, Deque<ObjectKey> work) {
        await(front, key, staging, (queue, service) -> queue.remove(service));
        if (!key.equals(owners.get(front))) {
            return;
        }
        replace(owners, front, Optional.empty(), staging);
        var queue = waiting.get(front);
        if (queue == null) {
            apply(front, Optional.empty(), staging);
        } else {
            work.add(queue.first());
        }
    }

    /** Brings everything that hangs on a front to what it should be. */
    private void apply(FrontKey front, Optional<Front> content, Staging staging) {
        var key = front.bytes();
        boolean addressed = front instanceof FrontKey.Address;
        for (var kind : ListKind.values()) {
            if (kind.isAddressed() == addressed) {
                var id = new ListId(kind, front);
                var targets = content.map(Front::lists).map(lists -> lists.get(kind));
                staging.slots(id, targets.map(wanted -> mirror.slots(skeleton.layout(), id).with(wanted)));
            }
        }
        for (var set : addressed ? OF_ADDRESSES : OF_NODE_PORTS) {
            staging.put(set, key, content.flatMap(wanted -> entry(front, set, wanted, staging)));
        }
        if (addressed) {
            applySources(front, content.map(Front::sources).orElse(List.of()), staging);
        }
    }

    private Optional<Entry> entry(FrontKey front, SetId set, Front content, Staging staging) {
        var way = content.ways().get(set);
        if (way == null) {
            return content.memberOf().contains(set) ? Optional.of(Entry.MEMBER) : Optional.empty();
        }
        return Optional.of(Entry.goTo(switch (way) {
            case Way.ToChain(var name) -> name;
            case Way.ByCapacity(var kind) -> {
                var slots = mirror.slots(skeleton.layout(), new ListId(kind.list(), front));
                yield require(new ChainRef(kind, slots.capacity()), staging);
            }
        }, content.comment()));
    }

    /** The chain's name, once it is there. */
    private String require(ChainRef ref, Staging staging) {
        var drawing = ref.next().orElse(ref);
        drawing.family().filter(chain -> !mirror.chains.containsKey(chain.name()))
                .forEach(chain -> staging.chain(skeleton.chain(chain)));
        if (!mirror.chains.containsKey(ref.name())) {
            staging.chain(skeleton.chain(ref));
        }
        return ref.name();
    }

    private void applySources(FrontKey front, Collection<IpCidr> ranges, Staging staging) {
        var before = mirror.sources.getOrDefault(front, Set.of());
        if (before.isEmpty() && ranges.isEmpty()) {
            return;
        }
        var now = new HashSet<Bytes>();
        var put = new ArrayList<Runnable>();
        for (var range : ranges) {
            var first = Bytes.concat(front.bytes(), Bytes.of(range.address().bytes()));
            var last = Bytes.concat(front.bytes(), Bytes.of(lastAddress(range)));
            now.add(first);
            put.add(() -> staging.put(SetId.ALLOWED_SOURCES, first, Optional.of(Entry.range(last))));
        }
        before.stream().filter(key -> !now.contains(key))
                .forEach(key -> staging.put(SetId.ALLOWED_SOURCES, key, Optional.empty()));
        put.forEach(Runnable::run);
        replace(mirror.sources, front, now.isEmpty() ? Optional.empty() : Optional.of(now), staging);
    }

    private static byte[] lastAddress(IpCidr range) {
        byte[] bytes = range.address().bytes();
        for (int bit = range.length(); bit < bytes.length * 8; bit++) {
            bytes[bit / 8] |= (byte) (0x80 >> bit % 8);
        }
        return bytes;
    }

    /**
     * Leaves a Service that cannot be planned what the kernel has of it already, as far as it still asks for those
     * addresses: it goes on as it was, and not at all is worse.
     */
    void keep(ServiceState service) {
        var wants = Fronts.of(skeleton, service);
        var fronts = wants.fronts().keySet().stream().filter(front -> !owners.containsKey(front)).collect(Collectors.toSet());
        var kept = new Kept(skeleton.layout(), mirror, wants.shared());
        for (var front : fronts) {
            owners.put(front, service.key());
            kept.add(front, front instanceof FrontKey.Address ? OF_ADDRESSES : OF_NODE_PORTS);
        }
        kept.shared().forEach(shared -> uses.merge(shared, 1, Integer::sum));
        planned.put(service.key(), new Planned(Optional.empty(), Set.copyOf(fronts), kept.shared(), kept.chains(),
                kept.sets()));
    }

    /** Stages the end of everything that no planned Service accounts for. To be called when all are planned. */
    void dropLeftovers(Staging staging) {
        var fronts = new HashSet<FrontKey>();
        mirror.lists.keySet().forEach(id -> fronts.add(id.front()));
        fronts.addAll(mirror.sources.keySet());
        for (var set : OF_ADDRESSES) {
            mirror.entries.get(set).keySet().forEach(key -> fronts.add(KeyFormat.address(skeleton.layout().family(), key)));
        }
        for (var set : OF_NODE_PORTS) {
            mirror.entries.get(set).keySet().forEach(key -> fronts.add(KeyFormat.nodePort(key)));
        }
        fronts.stream().filter(front -> !owners.containsKey(front))
                .forEach(front -> apply(front, Optional.empty(), staging));
        for (var set : List.of(SetId.CLUSTER_ADDRESSES, SetId.HAIRPINS)) {
            dropUnused(set, staging);
        }
        dropUnusedChains(staging);
    }

    private void dropUnused(SetId set, Staging staging) {
        for (var key : List.copyOf(mirror.entries.get(set).keySet())) {
            if (!uses.containsKey(new Wants.Shared(set, key))) {
                staging.put(set, key, Optional.empty());
            }
        }
    }

    private void dropUnusedChains(Staging staging) {
        var used = new HashSet<>(skeleton.baseNames());
        for (var set : SetId.values()) {
            mirror.entries.get(set).values().forEach(entry -> {
                if (used.add(entry.chain())) {
                    ChainRef.parse(entry.chain()).map(ref -> ref.next().orElse(ref))
                            .ifPresent(drawing -> drawing.family().map(ChainRef::name).forEach(used::add));
                }
            });
        }
        planned.values().forEach(service -> service.chains().forEach(spec -> used.add(spec.name())));
        List.copyOf(mirror.chains.keySet()).stream().filter(name -> !used.contains(name)).forEach(staging::dropChain);
        var sets = new HashSet<String>();
        planned.values().forEach(service -> sets.addAll(service.sets()));
        List.copyOf(mirror.ownSets).stream().filter(name -> !sets.contains(name)).forEach(staging::dropOwnSet);
    }
}
