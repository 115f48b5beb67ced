package dev.fairway.controllers.serviceaccount;

import dev.fairway.controllers.pods.Pods;
import dev.fairway.controllers.runtime.Context;
import dev.fairway.controllers.runtime.Controller;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ObjectKey;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ApiException;
import dev.fairway.kube.client.Query;
import dev.fairway.kube.informer.Informer;
import dev.fairway.kube.informer.WorkQueue;
import java.util.Optional;

/**
 * Keeps the ServiceAccount {@code default} and the ConfigMap {@code kube-root-ca.crt} in every namespace that is
 * not going away; upstream's serviceaccount and root-ca-certificate-publisher controllers.
 */
public final class NamespaceDefaults implements Controller {
    private static final String ACCOUNT = "default";
    private static final String ROOT_CA = "kube-root-ca.crt";
    private static final int WORKERS = 2;

    private final ApiClient client;
    private final String rootCa;
    private final Informer namespaces;
    private final Informer accounts;
    private final Informer configMaps;
    private final WorkQueue<String> queue = new WorkQueue<>("serviceaccount-controller");

    /** @param rootCa the CA certificates by which Pods know the API server, in PEM; empty to publish none */
    public NamespaceDefaults(Context context, String rootCa) {
        this.client = context.client();
        this.rootCa = rootCa;
        this.namespaces = context.informer(ResourceType.NAMESPACES);
        this.accounts = context.informer(ResourceType.SERVICE_ACCOUNTS);
        this.configMaps = context.informers().of(ResourceType.CONFIG_MAPS, Query.fields("metadata.name=" + ROOT_CA));
        namespaces.onChange((before, after) -> after.ifPresent(namespace -> queue.add(namespace.name())));
        accounts.onChange((before, after) -> {
            if (after.isEmpty() && before.orElseThrow().name().equals(ACCOUNT)) {
                queue.add(before.get().namespace());
            }
        });
        configMaps.onChange((before, after) -> {
            KubeObject map = after.or(() -> before).orElseThrow();
            if (before.isPresent()) {
                queue.add(map.namespace());
            }
        });
    }

    @Override
    public void start() {
        queue.start(WORKERS, this::reconcile);
    }

    private void reconcile(String name) {
        if (namespaces.get(new ObjectKey("", name)).filter(namespace -> !namespace.deleting()).isEmpty()) {
            return;
        }
        if (accounts.get(name, ACCOUNT).isEmpty()) {
            create(ResourceType.SERVICE_ACCOUNTS, KubeObject.of(ResourceType.SERVICE_ACCOUNTS, name, ACCOUNT));
        }
        if (!rootCa.isEmpty()) {
            publish(name);
        }
    }

    private void publish(String namespace) {
        Optional<KubeObject> present = configMaps.get(namespace, ROOT_CA);
        if (present.isEmpty()) {
            KubeObject map = KubeObject.of(ResourceType.CONFIG_MAPS, namespace, ROOT_CA);
            map.metadata().putObject("annotations")
                    .put("kubernetes.io/description", "The CA by which Pods know the API server.");
            map.json().putObject("data").put("ca.crt", rootCa);
            create(ResourceType.CONFIG_MAPS, map);
        } else if (!present.get().at("/data/ca.crt").asString("").equals(rootCa)
                || present.get().at("/data").size() != 1) {
            KubeObject map = present.get().copy();
            map.json().putObject("data").put("ca.crt", rootCa);
            client.update(ResourceType.CONFIG_MAPS, map);
        }
    }

    private void create(ResourceType type, KubeObject object) {
        try {
            client.create(type, object);
        } catch (ApiException e) {
            // Made by somebody else, or the namespace is going: either way there is nothing left to do.
            if (!e.alreadyExists() && !e.notFound() && !Pods.namespaceTerminating(e)) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        queue.close();
    }
}
