package dev.fairway.controllers.namespace;

import dev.fairway.controllers.runtime.Discovery;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ApiException;
import dev.fairway.kube.client.DeleteOptions;
import dev.fairway.kube.client.Query;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a round of deletion left over in a namespace.
 *
 * @param remaining how many objects of each resource are still there
 * @param finalizers in how many objects each finalizer is still waited for
 * @param failures what the server refused
 */
record NamespaceContent(Map<String, Integer> remaining, Map<String, Integer> finalizers, List<String> failures) {

    boolean gone() {
        return remaining.isEmpty() && failures.isEmpty();
    }

    /**
     * Deletes everything of the given resources and counts what remains. Pods go first and alone, so that the
     * policies that protect them outlive them (KEP-5080).
     */
    static NamespaceContent delete(ApiClient client, String namespace, List<Discovery.Resource> resources) {
        NamespaceContent content =
                new NamespaceContent(new TreeMap<>(), new TreeMap<>(), new java.util.ArrayList<>());
        resources.stream().filter(resource -> isPods(resource.type()))
                .forEach(resource -> content.round(client, namespace, resource));
        if (content.gone()) {
            resources.stream().filter(resource -> !isPods(resource.type()))
                    .forEach(resource -> content.round(client, namespace, resource));
        }
        return content;
    }

    private static boolean isPods(ResourceType type) {
        return type.equals(ResourceType.PODS);
    }

    private void round(ApiClient client, String namespace, Discovery.Resource resource) {
        ResourceType type = resource.type();
        try {
            List<KubeObject> items = client.list(type, namespace, Query.ALL).items();
            if (items.isEmpty()) {
                return;
            }
            if (items.stream().anyMatch(item -> !item.deleting())) {
                deleteAll(client, namespace, resource, items);
                items = client.list(type, namespace, Query.ALL).items();
            }
            if (!items.isEmpty()) {
                remaining.put(type.toString(), items.size());
                items.forEach(item -> item.finalizers().forEach(name -> finalizers.merge(name, 1, Integer::sum)));
            }
        } catch (ApiException e) {
            // A resource that is no longer served has no objects left.
            if (!e.notFound()) {
                failures.add(type + ": " + e.getMessage());
            }
        }
    }

    private static void deleteAll(
            ApiClient client, String namespace, Discovery.Resource resource, List<KubeObject> items) {
        DeleteOptions background = DeleteOptions.DEFAULT.withPropagation(DeleteOptions.Propagation.Background);
        if (resource.takes("deletecollection")) {
            client.deleteCollection(resource.type(), namespace, background);
            return;
        }
        for (KubeObject item : items) {
            try {
                client.delete(resource.type(), namespace, item.name(), background);
            } catch (ApiException e) {
                if (!e.notFound()) {
                    throw e;
                }
            }
        }
    }
}
