package dev.fairway.apiserver.registry;

import dev.fairway.apiserver.user.UserInfo;

/** The request on whose behalf a {@link Strategy} is asked. */
public interface StrategyContext {
    /** Who asks. */
    UserInfo user();

    /** The kind in hand. */
    ResourceDefinition resource();

    /** The API version of the objects handed over. */
    String version();

    /** The namespace of the object, or empty. */
    String namespace();

    /** The name in the request's path, or empty. */
    String name();

    /** The subresource written to; null for the object itself. */
    Subresource subresource();

    /** Whether nothing may be changed for good. */
    boolean dryRun();

    /** Adds a Warning header to the response. */
    void warn(String text);

    /** The server around the request. */
    ServerContext server();
}
