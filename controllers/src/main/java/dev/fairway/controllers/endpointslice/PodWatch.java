package dev.fairway.controllers.endpointslice;

import dev.fairway.controllers.pods.Pods;
import dev.fairway.controllers.runtime.Context;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ObjectKey;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.informer.Index;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Tells which Services a change of a Pod touches, and leaves out changes that no endpoint shows. */
public final class PodWatch {
    /** Everything of a Pod that its endpoints depend on. */
    private record Relevant(
            Map<String, String> labels, boolean ready, boolean deleting, String phase, String node, Object ips, Object ports,
            String hostname, String subdomain, Object readySince) {

        private static Relevant of(KubeObject pod) {
            return new Relevant(
                    pod.labels(),
                    Pods.ready(pod),
                    pod.deleting(),
                    Pods.terminal(pod) ? "ended" : "",
                    Pods.node(pod),
                    List.of(pod.at("/status/podIP"), pod.at("/status/podIPs")),
                    pod.at("/spec/containers").valueStream().map(container -> container.path("ports")).toList(),
                    pod.string("/spec/hostname"),
                    pod.string("/spec/subdomain"),
                    Pods.readyTransition(pod));
        }
    }

    private final Index services;

    /** Services are found by the first of their selector's labels; few of them share it. */
    private PodWatch(Context context) {
        this.services = context.informer(ResourceType.SERVICES).indexBy(service -> ServiceEndpoints.selector(service)
                .map(selector -> new TreeMap<>(selector).firstEntry())
                .map(label -> value(service.namespace(), label))
                .stream().toList());
    }

    private static String value(String namespace, Map.Entry<String, String> label) {
        return namespace + " " + label.getKey() + "=" + label.getValue();
    }

    /** @param touched hears of each Service once for a change of a Pod that its endpoints show */
    public static void install(Context context, Consumer<ObjectKey> touched) {
        PodWatch watch = new PodWatch(context);
        context.informer(ResourceType.PODS).onChange((before, after) -> {
            Optional<Relevant> old = before.map(Relevant::of);
            Optional<Relevant> now = after.map(Relevant::of);
            if (!old.equals(now)) {
                Set<ObjectKey> keys = new HashSet<>();
                before.ifPresent(pod -> watch.collect(pod.namespace(), old.orElseThrow().labels(), keys));
                after.ifPresent(pod -> watch.collect(pod.namespace(), now.orElseThrow().labels(), keys));
                keys.forEach(touched);
            }
        });
    }

    private void collect(String namespace, Map<String, String> labels, Set<ObjectKey> into) {
        for (Map.Entry<String, String> label : labels.entrySet()) {
            for (KubeObject service : services.get(value(namespace, label))) {
                if (ServiceEndpoints.selector(service)
                        .filter(selector -> labels.entrySet().containsAll(selector.entrySet()))
                        .isPresent()) {
                    into.add(service.key());
                }
            }
        }
    }
}
