package dev.fairway.apiserver.registry;

import java.util.EnumSet;
import java.util.Set;

/**
 * A path below an object. {@code group}, {@code version} and {@code kind} name the type of its body where that is
 * not the type of the object itself.
 */
public enum Subresource {
    STATUS("status", null, null, null, EnumSet.of(Verb.GET, Verb.PATCH, Verb.UPDATE)),
    SCALE("scale", "autoscaling", "v1", "Scale", EnumSet.of(Verb.GET, Verb.PATCH, Verb.UPDATE)),
    LOG("log", null, null, null, EnumSet.of(Verb.GET)),
    BINDING("binding", "", "v1", "Binding", EnumSet.of(Verb.CREATE)),
    EVICTION("eviction", "policy", "v1", "Eviction", EnumSet.of(Verb.CREATE)),
    EPHEMERALCONTAINERS("ephemeralcontainers", null, null, null, EnumSet.of(Verb.GET, Verb.PATCH, Verb.UPDATE)),
    RESIZE("resize", null, null, null, EnumSet.of(Verb.GET, Verb.PATCH, Verb.UPDATE)),
    APPROVAL("approval", null, null, null, EnumSet.of(Verb.GET, Verb.PATCH, Verb.UPDATE)),
    FINALIZE("finalize", null, null, null, EnumSet.of(Verb.UPDATE)),
    TOKEN("token", "authentication.k8s.io", "v1", "TokenRequest", EnumSet.of(Verb.CREATE));

    private final String path;
    private final String group;
    private final String version;
    private final String kind;
    private final Set<Verb> verbs;

    Subresource(String path, String group, String version, String kind, Set<Verb> verbs) {
        this.path = path;
        this.group = group;
        this.version = version;
        this.kind = kind;
        this.verbs = verbs;
    }

    /** The path segment. */
    public String path() {
        return path;
    }

    /** The group of the body's type, or null when the body is the object itself. */
    public String group() {
        return group;
    }

    /** The version of the body's type, or null when the body is the object itself. */
    public String version() {
        return version;
    }

    /** The kind of the body, or null when the body is the object itself. */
    public String kind() {
        return kind;
    }

    /** The verbs served. */
    public Set<Verb> verbs() {
        return Set.copyOf(verbs);
    }

    /** Finds a subresource by its path segment; null where there is none. */
    public static Subresource byPath(String segment) {
        for (Subresource each : values()) {
            if (each.path.equals(segment)) {
                return each;
            }
        }
        return null;
    }
}
