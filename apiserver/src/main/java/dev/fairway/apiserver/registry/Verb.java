package dev.fairway.apiserver.registry;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** The verbs of the resource API, as discovery and RBAC spell them (in lower case). */
public enum Verb {
    CREATE, DELETE, DELETECOLLECTION, GET, LIST, PATCH, UPDATE, WATCH;

    /** Every verb: what a stored resource serves. */
    public static final Set<Verb> ALL = Collections.unmodifiableSet(EnumSet.allOf(Verb.class));

    /** The word of the API, such as {@code deletecollection}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
