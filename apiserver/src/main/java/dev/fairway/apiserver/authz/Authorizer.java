package dev.fairway.apiserver.authz;

import dev.fairway.apiserver.registry.ServerContext;
import dev.fairway.apiserver.request.Attributes;

/** Decides whether a user may do something. */
@FunctionalInterface
public interface Authorizer {
    /** Lets everything through. */
    Authorizer ALLOW_ALL = attributes -> Decision.ALLOWED;

    /** The one that a server asks: role-based access control, where nothing else was chosen at its start. */
    static Authorizer of(ServerContext server) {
        return server.shared(Authorizer.class, RbacAuthorizer::of);
    }

    /** The decision. */
    Decision authorize(Attributes attributes);

    /**
     * @param allowed whether the request may go on
     * @param reason  why, for the message of a refusal; may be empty
     */
    record Decision(boolean allowed, String reason) {
        public static final Decision ALLOWED = new Decision(true, "");
        public static final Decision DENIED = new Decision(false, "");
    }
}
