package dev.fairway.controllers.cluster;

import dev.fairway.controllers.pods.Pods;
import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ObjectKey;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.Times;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ApiException;
import dev.fairway.kube.client.DeleteOptions;
import dev.fairway.kube.client.PatchType;
import dev.fairway.kube.informer.Informer;
import dev.fairway.kube.informer.WorkQueue;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.node.ObjectNode;

/** Plays the nodes: Pods that are bound run and become ready at once, Pods that are deleted go at once. */
final class FakeKubelet implements AutoCloseable {
    private final ApiClient client;
    private final Informer pods;
    private final WorkQueue<ObjectKey> queue = new WorkQueue<>("fake-kubelet");
    private final AtomicInteger addresses = new AtomicInteger();
    private final Set<String> broken = ConcurrentHashMap.newKeySet();
    private volatile boolean deaf;

    FakeKubelet(ApiClient client) {
        this.client = client;
        this.pods = new Informer(client, ResourceType.PODS);
        pods.onChange((before, after) -> after.ifPresent(pod -> queue.add(pod.key())));
        pods.start();
        queue.start(4, this::reconcile);
    }

    /** Pods with this image never become ready. */
    void breakImage(String image) {
        broken.add(image);
    }

    /** From now on nothing is heard of any node. */
    void silence() {
        deaf = true;
    }

    private void reconcile(ObjectKey key) {
        Optional<KubeObject> found = pods.get(key).filter(pod -> !Pods.node(pod).isEmpty() && !deaf);
        if (found.isEmpty()) {
            return;
        }
        KubeObject pod = found.get();
        try {
            if (pod.deleting()) {
                client.delete(ResourceType.PODS, key.namespace(), key.name(),
                        DeleteOptions.DEFAULT.withGracePeriod(0).withUid(pod.uid()));
            } else if (!Pods.phase(pod).equals("Running")) {
                client.patchStatus(ResourceType.PODS, key.namespace(), key.name(), PatchType.STRATEGIC_MERGE,
                        running(pod));
            }
        } catch (ApiException e) {
            if (!e.notFound() && !e.conflict()) {
                throw e;
            }
        }
    }

    private ObjectNode running(KubeObject pod) {
        int number = addresses.incrementAndGet();
        String ip = "10.244." + number / 250 + "." + (1 + number % 250);
        boolean ready = !broken.contains(pod.string("/spec/containers/0/image"));
        ObjectNode patch = Json.object();
        patch.putObject("metadata").put("uid", pod.uid());
        ObjectNode status = patch.putObject("status");
        status.put("phase", "Running").put("podIP", ip);
        status.putArray("podIPs").addObject().put("ip", ip);
        status.putArray("conditions").addObject()
                .put("type", "Ready")
                .put("status", ready ? "True" : "False")
                .put("lastTransitionTime", Times.format(Instant.now()));
        return patch;
    }

    @Override
    public void close() {
        queue.close();
        pods.close();
    }
}
