package dev.fairway.proxy.nftables;

import dev.fairway.netlink.nftables.Bytes;
import dev.fairway.netlink.nftables.Chain;
import dev.fairway.netlink.nftables.Data;
import dev.fairway.netlink.nftables.NftSet;
import dev.fairway.netlink.nftables.Nftables;
import dev.fairway.netlink.nftables.Rule;
import dev.fairway.netlink.nftables.SetElement;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Reads the kernel's table into a mirror. */
final class KernelReader {
    /**
     * What was read.
     *
     * @param incompatible whether a set or chain of Fairway's name is something else, so that the table must be made anew
     * @param foreign what is not Fairway's
     */
    record Reading(Mirror mirror, boolean incompatible, RemovableObjects foreign) {
    }

    private final Nftables nftables;
    private final Layout layout;
    private final Map<String, Chain> base = new HashMap<>();
    private final Mirror mirror = new Mirror();

    KernelReader(Nftables nftables, Skeleton skeleton) {
        this.nftables = nftables;
        this.layout = skeleton.layout();
        skeleton.base().forEach(spec -> base.put(spec.name(), spec.chain()));
    }

    Reading read() throws IOException {
        if (!nftables.exists(layout.table())) {
            return new Reading(mirror, false, RemovableObjects.none(layout.table()));
        }
        var foreignSets = new ArrayList<String>();
        var found = EnumSet.noneOf(SetId.class);
        for (var listed : nftables.sets(layout.table())) {
            var id = id(listed.name());
            if (id.isPresent()) {
                found.add(id.get());
                if (!sameKind(layout.set(id.get()).listed(), listed)) {
                    return new Reading(new Mirror(), true, RemovableObjects.none(layout.table()));
                }
            } else if (listed.name().startsWith(Affinity.PREFIX)) {
                mirror.ownSets.add(listed.name());
            } else if (!listed.isAnonymous()) {
                foreignSets.add(listed.name());
            }
        }
        mirror.tableExists = found.size() == SetId.values().length;
        readSets(found);
        var foreignChains = new ArrayList<Chain>();
        boolean compatible = readChains(foreignChains);
        return compatible && (found.isEmpty() || mirror.tableExists)
                ? new Reading(mirror, false, new RemovableObjects(layout.table(), foreignChains, foreignSets))
                : new Reading(new Mirror(), true, RemovableObjects.none(layout.table()));
    }

    private static Optional<SetId> id(String name) {
        for (var id : SetId.values()) {
            if (id.setName().equals(name)) {
                return Optional.of(id);
            }
        }
        return Optional.empty();
    }

    private static boolean sameKind(NftSet.Listed wanted, NftSet.Listed found) {
        return wanted.flagBits() == found.flagBits() && wanted.keyType() == found.keyType()
                && wanted.keyLength() == found.keyLength() && wanted.dataType() == found.dataType()
                && wanted.dataLength() == found.dataLength();
    }

    /** The maps of endpoints come last, since verdict maps tell the capacity of each list. */
    private void readSets(Set<SetId> found) throws IOException {
        var lists = EnumSet.noneOf(SetId.class);
        for (var kind : ListKind.values()) {
            lists.add(kind.endpoints());
        }
        for (var id : found) {
            if (!lists.contains(id)) {
                for (var listed : nftables.elements(layout.table(), id.setName())) {
                    read(id, listed.element());
                }
            }
        }
        for (var kind : ListKind.values()) {
            if (found.contains(kind.endpoints())) {
                readEndpoints(kind);
            }
        }
    }

    /** Takes in one element of a set or verdict map. */
    void read(SetId id, SetElement element) {
        var front = front(id, element.key());
        boolean readable = switch (id.shape()) {
            case ADDRESS, ADDRESS_PAIR -> true;
            case ADDRESS_PORT, ADDRESS_PORT_SOURCES, ADDRESS_PORT_SLOT, PORT, PORT_SLOT -> front.isPresent();
        };
        if (!readable) {
            mirror.strays.get(id).put(element.key(), element);
            return;
        }
        mirror.entries.get(id).put(element.key(), entry(id, element));
        if (id == SetId.ALLOWED_SOURCES) {
            mirror.sources.computeIfAbsent(front.orElseThrow(), key -> new HashSet<>()).add(element.key());
        }
    }

    private Optional<FrontKey> front(SetId id, Bytes key) {
        return switch (id.shape()) {
            case ADDRESS, ADDRESS_PAIR -> Optional.empty();
            case ADDRESS_PORT, ADDRESS_PORT_SOURCES, ADDRESS_PORT_SLOT -> KeyFormat.front(layout.family(), true, key);
            case PORT, PORT_SLOT -> KeyFormat.front(layout.family(), false, key);
        };
    }

    static Entry entry(SetId id, SetElement element) {
        if (id == SetId.ALLOWED_SOURCES) {
            return Entry.range(element.keyEnd().orElse(element.key()));
        }
        return element.data().isPresent() && element.data().get() instanceof Data.OfVerdict(var verdict)
                ? Entry.goTo(verdict.chain(), element.comment())
                : element.comment().isEmpty() ? Entry.MEMBER : new Entry("", Optional.empty(), element.comment());
    }

    private void readEndpoints(ListKind kind) throws IOException {
        var found = new HashMap<FrontKey, TreeMap<Integer, Slots.Target>>();
        for (var listed : nftables.elements(layout.table(), kind.endpoints().setName())) {
            var element = listed.element();
            var front = front(kind.endpoints(), element.key());
            if (front.isEmpty()) {
                mirror.strays.get(kind.endpoints()).put(element.key(), element);
            } else {
                found.computeIfAbsent(front.get(), key -> new TreeMap<>()).put(KeyFormat.slot(element.key()),
                        KeyFormat.target(layout.family(), element.data().orElseThrow().value()));
            }
        }
        // Where there are no endpoints there still is the chain in use.
        mirror.entries.get(kind.fronts()).keySet().forEach(key ->
                KeyFormat.front(layout.family(), kind.isAddressed(), key)
                        .ifPresent(front -> found.computeIfAbsent(front, none -> new TreeMap<>())));
        found.forEach((front, slots) -> fill(mirror, layout, new ListId(kind, front), slots));
    }

    /** Takes endpoints in as the kernel numbers them; those behind a gap are strays. */
    static void fill(Mirror mirror, Layout layout, ListId id, Map<Integer, Slots.Target> numbered) {
        var targets = new ArrayList<Slots.Target>();
        var seen = new HashSet<Slots.Target>();
        while (numbered.containsKey(targets.size()) && seen.add(numbered.get(targets.size()))) {
            targets.add(numbered.get(targets.size()));
        }
        numbered.forEach((slot, target) -> {
            if (slot < 0 || slot >= targets.size()) {
                var key = id.front().slot(slot);
                mirror.strays.get(id.kind().endpoints()).put(key, SetElement.of(key, target.bytes()));
            }
        });
        var entry = mirror.entries.get(id.kind().fronts()).get(id.front().bytes());
        int capacity = entry == null ? 0 : ChainRef.parse(entry.chain()).map(ChainRef::capacity).orElse(0);
        mirror.lists.put(id, Slots.of(layout.family(), capacity, targets));
    }

    /** Whether the base chains that are there hook where they should. */
    private boolean readChains(List<Chain> foreign) throws IOException {
        var rules = new HashMap<String, List<Rule>>();
        for (var rule : nftables.rules(layout.table())) {
            rules.computeIfAbsent(rule.chain(), chain -> new ArrayList<>()).add(plain(rule));
        }
        for (var chain : nftables.chains(layout.table())) {
            var wanted = base.get(chain.name());
            if (wanted != null && !wanted.hook().equals(chain.hook())) {
                return false;
            }
            if (isOwn(chain)) {
                mirror.chains.put(chain.name(), rules.getOrDefault(chain.name(), List.of()));
            } else {
                foreign.add(chain);
            }
        }
        return true;
    }

    /** As rules are made: without handle, and with the table as {@link Layout} has it. */
    private Rule plain(Rule rule) {
        return Rule.of(Chain.regular(layout.table(), rule.chain()), rule.expressions()).comment(rule.comment());
    }

    private boolean isOwn(Chain chain) {
        return base.containsKey(chain.name()) || ChainRef.parse(chain.name()).isPresent()
                || chain.name().startsWith(Affinity.PREFIX);
    }

    /** The rules of Fairway's chains as they are now; empty if there are others' chains, or not what should be. */
    Optional<Map<String, List<Rule>>> rules() throws IOException {
        var strangers = new ArrayList<Chain>();
        return readChains(strangers) && strangers.isEmpty() ? Optional.of(mirror.chains) : Optional.empty();
    }
}
