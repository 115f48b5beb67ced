package dev.fairway.apiserver.registry;

/** What a strategic merge patch must know of a type: which lists merge, and by which key. */
public interface PatchSchema {
    /** A type of which nothing is known: its lists are replaced. */
    PatchSchema UNKNOWN = new PatchSchema() {
        @Override
        public PatchSchema field(String name) {
            return this;
        }

        @Override
        public PatchSchema items() {
            return this;
        }

        @Override
        public boolean mergesList() {
            return false;
        }

        @Override
        public String mergeKey() {
            return "";
        }

        @Override
        public boolean replacesMap() {
            return false;
        }
    };

    /** The type of a field, or of a map's values. */
    PatchSchema field(String name);

    /** The type of a list's elements. */
    PatchSchema items();

    /** Whether the list merges with the patch's, rather than being replaced: {@code x-kubernetes-patch-strategy}. */
    boolean mergesList();

    /** The field that tells the elements of a merging list apart; empty for lists of scalars. */
    String mergeKey();

    /** Whether the object is replaced as a whole. */
    boolean replacesMap();
}
