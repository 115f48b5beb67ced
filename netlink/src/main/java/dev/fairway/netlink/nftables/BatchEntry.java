package dev.fairway.netlink.nftables;

import java.util.List;
import java.util.Optional;

/** What one message of a batch does, to tell which object the kernel refused. */
sealed interface BatchEntry {
    /** Such as {@code add chain ip fairway services}. */
    String description();

    record Single(String description) implements BatchEntry {
    }

    /** @param offsets bytes from the start of the message to each element */
    record Elements(String description, List<SetElement> elements, int[] offsets) implements BatchEntry {
    }

    /** The element that the attribute at an offset of the message belongs to. */
    default Optional<SetElement> elementAt(int offset) {
        return switch (this) {
            case Single single -> Optional.empty();
            case Elements(var description, var elements, var offsets) -> {
                int found = -1;
                for (int i = 0; i < elements.size() && offsets[i] <= offset; i++) {
                    found = i;
                }
                yield found < 0 ? Optional.empty() : Optional.of(elements.get(found));
            }
        };
    }
}
