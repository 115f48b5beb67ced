package dev.fairway.kube.client;

import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads and writes objects through a transport.
 *
 * <p>Every method throws {@link ApiException}: with the server's code and reason when it refused, with code 0
 * when it could not be reached or the thread was interrupted (the interrupt flag is set again).
 */
public final class ApiClient {
    private static final String JSON = "application/json";

    private final ApiTransport transport;

    public ApiClient(ApiTransport transport) {
        this.transport = transport;
    }

    public ApiTransport transport() {
        return transport;
    }

    public KubeObject get(ResourceType type, String namespace, String name) {
        return object(ApiRequest.get(type.path(namespace, name)));
    }

    /** As {@link #get}, with a missing object as an empty answer. */
    public Optional<KubeObject> find(ResourceType type, String namespace, String name) {
        try {
            return Optional.of(get(type, namespace, name));
        } catch (ApiException e) {
            if (e.notFound()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Lists one page, or everything when the query has no limit; {@code namespace} empty means all. */
    public ObjectList list(ResourceType type, String namespace, Query query) {
        ObjectNode list = tree(ApiRequest.get(type.path(namespace)).withQuery(query.parameters()));
        List<KubeObject> items = new ArrayList<>();
        for (JsonNode item : list.path("items")) {
            if (item instanceof ObjectNode object) {
                // List items carry no type of their own.
                object.put("apiVersion", type.apiVersion()).put("kind", type.kind());
                items.add(new KubeObject(object));
            }
        }
        JsonNode metadata = list.path("metadata");
        return new ObjectList(items, metadata.path("resourceVersion").asString(""), metadata.path("continue").asString(""));
    }

    public KubeObject create(ResourceType type, KubeObject object) {
        return object(ApiRequest.of("POST", type.path(object.namespace())).withBody(JSON, object.bytes()));
    }

    /** Replaces an object; with a resourceVersion in it, only if that is still the newest. */
    public KubeObject update(ResourceType type, KubeObject object) {
        return put(type.path(object.namespace(), object.name()), object);
    }

    public KubeObject updateStatus(ResourceType type, KubeObject object) {
        return put(type.path(object.namespace(), object.name()) + "/status", object);
    }

    private KubeObject put(String path, KubeObject object) {
        return object(ApiRequest.of("PUT", path).withBody(JSON, object.bytes()));
    }

    public KubeObject patch(ResourceType type, String namespace, String name, PatchType how, JsonNode patch) {
        return patch(type.path(namespace, name), how, patch);
    }

    public KubeObject patchStatus(ResourceType type, String namespace, String name, PatchType how, JsonNode patch) {
        return patch(type.path(namespace, name) + "/status", how, patch);
    }

    private KubeObject patch(String path, PatchType how, JsonNode patch) {
        return object(ApiRequest.of("PATCH", path).withBody(how.contentType(), Json.bytes(patch)));
    }

    /** Creates an object in a sub-resource such as {@code binding} or {@code eviction} and returns the answer. */
    public ObjectNode postSubresource(
            ResourceType type, String namespace, String name, String subresource, ObjectNode body) {
        return tree(ApiRequest.of("POST", type.path(namespace, name) + "/" + subresource)
                .withBody(JSON, Json.bytes(body)));
    }

    public void delete(ResourceType type, String namespace, String name, DeleteOptions options) {
        tree(ApiRequest.of("DELETE", type.path(namespace, name)).withBody(JSON, Json.bytes(options.json())));
    }

    /** Deletes every object of a kind in a namespace, or all that the kind has when {@code namespace} is empty. */
    public void deleteCollection(ResourceType type, String namespace, DeleteOptions options) {
        tree(ApiRequest.of("DELETE", type.path(namespace)).withBody(JSON, Json.bytes(options.json())));
    }

    /** Replaces an object's sub-resource, such as {@code finalize} of a Namespace. */
    public KubeObject updateSubresource(ResourceType type, KubeObject object, String subresource) {
        return put(type.path(object.namespace(), object.name()) + "/" + subresource, object);
    }

    /**
     * Opens a watch; the caller closes it.
     *
     * @param query its resource version is where the watch starts (after it)
     */
    public WatchStream watch(ResourceType type, String namespace, Query query) {
        Map<String, String> parameters = new LinkedHashMap<>(query.parameters());
        parameters.put("watch", "true");
        parameters.put("allowWatchBookmarks", "true");
        return new WatchStream(exchange(ApiRequest.get(type.path(namespace)).withQuery(parameters)));
    }

    /** As {@link #watch(ResourceType, String, Query)}, to be ended by the server after some seconds. */
    public WatchStream watch(ResourceType type, String namespace, Query query, long timeoutSeconds) {
        Map<String, String> parameters = new LinkedHashMap<>(query.parameters());
        parameters.put("watch", "true");
        parameters.put("allowWatchBookmarks", "true");
        parameters.put("timeoutSeconds", Long.toString(timeoutSeconds));
        return new WatchStream(exchange(ApiRequest.get(type.path(namespace)).withQuery(parameters)));
    }

    /** Sends any request and returns its JSON answer. */
    public ObjectNode tree(ApiRequest request) {
        try (ApiResponse response = exchange(request)) {
            return Json.parseObject(response.body().readAllBytes());
        } catch (IOException e) {
            throw new ApiException(request + ": " + reason(e), e);
        }
    }

    /** The JDK's client says nothing more of a connection that was refused than its type. */
    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private KubeObject object(ApiRequest request) {
        return new KubeObject(tree(request));
    }

    /** Sends any request; an answer outside 2xx becomes an {@link ApiException}. The caller closes the response. */
    public ApiResponse exchange(ApiRequest request) {
        try {
            ApiResponse response = transport.send(request);
            if (response.status() / 100 == 2) {
                return response;
            }
            try (response) {
                throw ApiException.of(response.status(), response.body().readAllBytes());
            }
        } catch (IOException e) {
            throw new ApiException(request + ": " + reason(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiException(request + ": interrupted", e);
        }
    }
}
