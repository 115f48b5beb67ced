package dev.fairway.apiserver.apply;

import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.apiserver.registry.Subresource;
import java.time.Instant;
import tools.jackson.databind.node.ObjectNode;

/** Keeps {@code metadata.managedFields}: who set which field. */
public interface FieldManagement {
    /** Keeps no record; apply is refused. */
    FieldManagement NONE = new FieldManagement() {
        @Override
        public void recordUpdate(Target target, ObjectNode live, ObjectNode object) {
            // what is not kept need not be changed
        }

        @Override
        public ObjectNode apply(Target target, ObjectNode live, ObjectNode applied, boolean force) {
            throw dev.fairway.apiserver.errors.Errors.unavailable("server-side apply is not configured");
        }
    };

    /**
     * Who writes what.
     *
     * @param resource    the resource written to
     * @param version     the version of the objects
     * @param subresource null for the object itself
     * @param manager     the field manager: the fieldManager parameter, or the user agent up to the first slash
     * @param now         the time for the entries
     */
    record Target(ResourceDefinition resource, String version, Subresource subresource, String manager, Instant now) {
    }

    /**
     * After a create, update or patch: sets {@code object}'s managedFields from the difference to {@code live}.
     *
     * @param live   what was stored before; null on create; not changed
     * @param object what will be stored; its managedFields are those of the client, or of live
     */
    void recordUpdate(Target target, ObjectNode live, ObjectNode object);

    /**
     * Server-side apply.
     *
     * @param live    what is stored; null when there is nothing yet; not changed
     * @param applied the applied configuration, decoded but not defaulted
     * @param force   whether to take fields from other managers
     * @return the merged object with its managedFields, not yet defaulted
     * @throws dev.fairway.apiserver.errors.StatusException 409 with a cause per field that another manager owns
     */
    ObjectNode apply(Target target, ObjectNode live, ObjectNode applied, boolean force);
}
