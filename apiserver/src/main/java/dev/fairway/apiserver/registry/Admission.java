package dev.fairway.apiserver.registry;

import tools.jackson.databind.node.ObjectNode;

/** A rule across kinds, such as default service accounts, limit ranges and quotas. */
public interface Admission {
    /**
     * Sees an object before its kind's own rules: may change it, or refuse it by throwing
     * {@link dev.fairway.apiserver.errors.StatusException} 403.
     *
     * @param old the stored object; null on create; not to be changed
     */
    void admit(StrategyContext context, ObjectNode object, ObjectNode old);
}
