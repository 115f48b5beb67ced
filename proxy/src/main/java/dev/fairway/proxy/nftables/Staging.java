package dev.fairway.proxy.nftables;

import dev.fairway.netlink.nftables.Bytes;
import dev.fairway.netlink.nftables.Chain;
import dev.fairway.netlink.nftables.NftBatch;
import dev.fairway.netlink.nftables.NftSet;
import dev.fairway.netlink.nftables.SetElement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Changes of the mirror that are not in the kernel yet: gathered into one batch, or taken back if the kernel refuses it.
 * A key that is changed twice is written once.
 */
final class Staging {
    /** What a key had before this batch and what it gets. */
    private record Change(Optional<SetElement> before, Optional<SetElement> after) {
    }

    /** So many sets are gone through in the time of another change. */
    private static final int SETS_LIKE_A_CHANGE = 50;

    private final Layout layout;
    private final Mirror mirror;
    private final Map<SetId, Map<Bytes, Change>> elements = new EnumMap<>(SetId.class);
    private final Map<String, ChainSpec> chainsToWrite = new LinkedHashMap<>();
    private final Map<String, Chain> chainsToDrop = new LinkedHashMap<>();
    private final Set<String> newChains = new HashSet<>();
    private final List<NftSet> setsToAdd = new ArrayList<>();
    private final Set<String> setsToDrop = new LinkedHashSet<>();
    private final Deque<Runnable> undo = new ArrayDeque<>();
    private boolean createTable;
    private int changes;
    private int rulesWritten;

    Staging(Layout layout, Mirror mirror) {
        this.layout = layout;
        this.mirror = mirror;
    }

    /** About how many objects the batch will have. */
    int size() {
        return changes;
    }

    int rulesWritten() {
        return rulesWritten;
    }

    /** Something to be done if the batch is taken back; the last is done first. */
    void onRollback(Runnable action) {
        undo.push(action);
    }

    /** Makes the table and the sets that are always there. */
    void table() {
        if (!mirror.tableExists) {
            mirror.tableExists = true;
            undo.push(() -> mirror.tableExists = false);
            createTable = true;
            changes++;
        }
    }

    /** Gives a key of a set or verdict map what belongs to it; empty to take the key out. */
    void put(SetId set, Bytes key, Optional<Entry> entry) {
        var entries = mirror.entries.get(set);
        var before = Optional.ofNullable(entry.isPresent() ? entries.put(key, entry.get()) : entries.remove(key));
        if (before.equals(entry)) {
            return;
        }
        undo.push(() -> before.ifPresentOrElse(old -> entries.put(key, old), () -> entries.remove(key)));
        change(set, key, before.map(old -> old.element(key)), entry.map(now -> now.element(key)));
    }

    /** Gives a list other endpoints; empty to drop it. */
    void slots(ListId id, Optional<Slots> slots) {
        var before = Optional.ofNullable(slots.isPresent() ? mirror.lists.put(id, slots.get()) : mirror.lists.remove(id));
        if (before.equals(slots)) {
            return;
        }
        undo.push(() -> before.ifPresentOrElse(old -> mirror.lists.put(id, old), () -> mirror.lists.remove(id)));
        var old = before.orElseGet(() -> Slots.none(layout.family()));
        var now = slots.orElseGet(() -> Slots.none(layout.family()));
        for (int i = 0; i < Math.max(old.size(), now.size()); i++) {
            if (!old.sameAt(i, now)) {
                var key = id.front().slot(i);
                change(id.kind().endpoints(), key, element(key, old.find(i)), element(key, now.find(i)));
            }
        }
    }

    private static Optional<SetElement> element(Bytes key, Optional<Slots.Target> target) {
        return target.map(endpoint -> SetElement.of(key, endpoint.bytes()));
    }

    /** Takes out an element that the mirror does not account for; to be done before its key is given to anything else. */
    void dropStray(SetId set, SetElement stray) {
        var strays = mirror.strays.get(set);
        strays.remove(stray.key());
        undo.push(() -> strays.put(stray.key(), stray));
        change(set, stray.key(), Optional.of(stray), Optional.empty());
    }

    private void change(SetId set, Bytes key, Optional<SetElement> before, Optional<SetElement> after) {
        elements.computeIfAbsent(set, id -> new LinkedHashMap<>()).merge(key, new Change(before, after),
                (first, second) -> new Change(first.before, second.after));
        changes++;
    }

    /** Makes a chain, or gives it other rules. */
    void chain(ChainSpec spec) {
        var before = Optional.ofNullable(mirror.chains.put(spec.name(), spec.rules()));
        if (before.isPresent() && before.get().equals(spec.rules())) {
            return;
        }
        undo.push(() -> before.ifPresentOrElse(old -> mirror.chains.put(spec.name(), old),
                () -> mirror.chains.remove(spec.name())));
        if (before.isEmpty() && chainsToDrop.remove(spec.name()) == null) {
            newChains.add(spec.name());
        }
        chainsToWrite.put(spec.name(), spec);
        changes += spec.rules().size() + 1;
        rulesWritten += spec.rules().size();
    }

    void dropChain(String name) {
        var before = mirror.chains.remove(name);
        if (before != null) {
            undo.push(() -> mirror.chains.put(name, before));
            chainsToWrite.remove(name);
            if (!newChains.remove(name)) {
                chainsToDrop.put(name, Chain.regular(layout.table(), name));
            }
            changes++;
        }
    }

    /** Makes a Service's own set. */
    void ownSet(NftSet set) {
        if (mirror.ownSets.add(set.name())) {
            undo.push(() -> mirror.ownSets.remove(set.name()));
            if (!setsToDrop.remove(set.name())) {
                setsToAdd.add(set);
            }
            // The kernel looks for a set by going through all of them.
            changes += 1 + mirror.ownSets.size() / SETS_LIKE_A_CHANGE;
        }
    }

    void dropOwnSet(String name) {
        if (mirror.ownSets.remove(name)) {
            undo.push(() -> mirror.ownSets.add(name));
            if (!setsToAdd.removeIf(added -> added.name().equals(name))) {
                setsToDrop.add(name);
            }
            changes++;
        }
    }

    /** Everything in an order in which each object is there when another needs it. */
    NftBatch batch() {
        var batch = new NftBatch();
        if (createTable) {
            batch.add(layout.table());
            layout.sets().values().forEach(batch::add);
        }
        setsToAdd.forEach(batch::add);
        newChains.forEach(name -> batch.add(chainsToWrite.get(name).chain()));
        chainsToWrite.values().stream().filter(spec -> !newChains.contains(spec.name()))
                .forEach(spec -> batch.flush(spec.chain()));
        chainsToDrop.values().forEach(batch::flush);
        chainsToWrite.values().forEach(spec -> spec.rules().forEach(batch::append));
        elements.forEach((set, keys) -> batch.delete(layout.set(set), keys.values().stream()
                .filter(change -> !change.before.equals(change.after)).flatMap(change -> change.before.stream()).toList()));
        elements.forEach((set, keys) -> batch.add(layout.set(set), keys.values().stream()
                .filter(change -> !change.before.equals(change.after)).flatMap(change -> change.after.stream()).toList()));
        chainsToDrop.values().forEach(batch::delete);
        setsToDrop.forEach(name -> batch.deleteSet(layout.table(), name));
        return batch;
    }

    /** Brings the mirror back to what the kernel holds. */
    void rollback() {
        while (!undo.isEmpty()) {
            undo.pop().run();
        }
    }
}
