package dev.fairway.apiserver.request;

import dev.fairway.apiserver.user.UserInfo;

/**
 * What a user wants to do.
 *
 * @param user        who
 * @param verb        the API's verb in lower case; for paths that are no resource, the HTTP method in lower case
 * @param group       the API group; empty for the core group
 * @param version     the API version
 * @param resource    the plural; empty for a path that is no resource
 * @param subresource the subresource, or empty
 * @param namespace   the namespace, or empty
 * @param name        the object's name, or empty
 * @param path        the request path
 */
public record Attributes(UserInfo user, String verb, String group, String version, String resource, String subresource,
                         String namespace, String name, String path) {

    /** Whether the request is for a resource, rather than for a path such as /healthz. */
    public boolean isResource() {
        return !resource.isEmpty();
    }
}
