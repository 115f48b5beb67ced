package dev.fairway.apiserver.registry;

import dev.fairway.schema.FieldError;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** What the machinery asks of the schema of one kind in one version. */
public interface ObjectSchema {
    /** No schema: everything is accepted as it is. */
    ObjectSchema NONE = new ObjectSchema() {
        @Override
        public List<String> decode(ObjectNode object) {
            return List.of();
        }

        @Override
        public void defaults(ObjectNode object) {
            // nothing is known to be missing
        }

        @Override
        public List<FieldError> validate(ObjectNode object, ObjectNode old) {
            return List.of();
        }

        @Override
        public PatchSchema patch() {
            return PatchSchema.UNKNOWN;
        }

        @Override
        public Shape applyShape() {
            return Shape.ANYTHING;
        }
    };

    /**
     * Takes a client's object in: removes, in place, the fields that the kind does not have.
     *
     * @return the paths of the removed fields
     * @throws dev.fairway.schema.Decoding.WrongTypeException when a value has the wrong type, for kinds whose decoding
     *                                                        fails on that
     */
    List<String> decode(ObjectNode object);

    /** Whether objects may have been stored under another schema than this, and so need to be brought into its form. */
    default boolean refits() {
        return false;
    }

    /** Brings a stored object into this schema's form: what it does not know goes, what has become a default comes. */
    default void refit(ObjectNode object) {
    }

    /** Fills in what is left out. */
    void defaults(ObjectNode object);

    /**
     * What the schema alone can tell is wrong.
     *
     * @param old the stored object; null on create
     */
    List<FieldError> validate(ObjectNode object, ObjectNode old);

    /** What strategic merge patches need. */
    PatchSchema patch();

    /** What field ownership needs. */
    Shape applyShape();
}
