package dev.fairway.proxy.nftables;

import dev.fairway.netlink.nftables.NftEvent;
import dev.fairway.netlink.nftables.SetElement;
import dev.fairway.netlink.nftables.Table;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Takes what others changed into the mirror, so that planning the fronts concerned mends it. */
final class Repair {
    private final Layout layout;
    private final Mirror mirror;
    private final Set<FrontKey> fronts = new HashSet<>();
    private boolean rulesTouched;
    private boolean possible = true;

    Repair(Layout layout, Mirror mirror) {
        this.layout = layout;
        this.mirror = mirror;
    }

    /** Whether the events tell enough; otherwise everything has to be read anew. */
    boolean isPossible() {
        return possible;
    }

    /** Whether rules have to be read anew, which are few. */
    boolean touchesRules() {
        return rulesTouched;
    }

    /** The fronts whose elements were touched. */
    Set<FrontKey> fronts() {
        return fronts;
    }

    void take(List<NftEvent> events) {
        for (var event : events) {
            switch (event) {
                case NftEvent.Generation end -> { }
                case NftEvent.Changed changed -> changed(changed.kind());
                case NftEvent.Elements(int portId, boolean added, Table table, String set, var elements) ->
                        elements.forEach(listed -> element(set, listed, added));
            }
        }
    }

    private void changed(NftEvent.Kind kind) {
        switch (kind) {
            case RULE, CHAIN -> rulesTouched = true;
            case TABLE, SET -> possible = false;
            case OBJECT, OTHER -> { }
        }
    }

    private void element(String set, SetElement.Listed listed, boolean added) {
        for (var id : SetId.values()) {
            if (id.setName().equals(set)) {
                element(id, listed, added);
            }
        }
    }

    private void element(SetId id, SetElement.Listed listed, boolean added) {
        var element = listed.element();
        switch (id.shape()) {
            case ADDRESS, ADDRESS_PAIR -> entry(id, element, added);
            case ADDRESS_PORT, ADDRESS_PORT_SOURCES, ADDRESS_PORT_SLOT, PORT, PORT_SLOT -> {
                boolean addressed = id.shape() != SetId.Shape.PORT && id.shape() != SetId.Shape.PORT_SLOT;
                KeyFormat.front(layout.family(), addressed, element.key()).ifPresentOrElse(front -> {
                    fronts.add(front);
                    ofFront(id, front, element, added);
                }, () -> stray(id, element, added));
            }
        }
    }

    private void ofFront(SetId id, FrontKey front, SetElement element, boolean added) {
        for (var kind : ListKind.values()) {
            if (kind.endpoints() == id) {
                endpoint(new ListId(kind, front), element, added);
                return;
            }
        }
        entry(id, element, added);
        if (id == SetId.ALLOWED_SOURCES) {
            var keys = mirror.sources.computeIfAbsent(front, key -> new HashSet<>());
            if (added) {
                keys.add(element.key());
            } else {
                keys.remove(element.key());
            }
        }
    }

    private void entry(SetId id, SetElement element, boolean added) {
        if (added) {
            mirror.entries.get(id).put(element.key(), KernelReader.entry(id, element));
        } else {
            mirror.entries.get(id).remove(element.key());
        }
    }

    private void stray(SetId id, SetElement element, boolean added) {
        if (added) {
            mirror.strays.get(id).put(element.key(), element);
        } else {
            mirror.strays.get(id).remove(element.key());
        }
    }

    private void endpoint(ListId id, SetElement element, boolean added) {
        var slots = mirror.slots(layout, id);
        var numbered = new TreeMap<Integer, Slots.Target>();
        for (int i = 0; i < slots.size(); i++) {
            numbered.put(i, slots.get(i));
        }
        var strays = mirror.strays.get(id.kind().endpoints());
        for (var stray : List.copyOf(strays.values())) {
            if (KeyFormat.front(layout.family(), id.kind().isAddressed(), stray.key()).equals(Optional.of(id.front()))) {
                numbered.put(KeyFormat.slot(stray.key()), target(stray));
                strays.remove(stray.key());
            }
        }
        if (added) {
            numbered.put(KeyFormat.slot(element.key()), target(element));
        } else {
            numbered.remove(KeyFormat.slot(element.key()));
        }
        KernelReader.fill(mirror, layout, id, numbered);
    }

    private Slots.Target target(SetElement element) {
        return KeyFormat.target(layout.family(), element.data().orElseThrow().value());
    }
}
