package dev.fairway.controllers.endpointslice;

import dev.fairway.controllers.pods.Pods;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ObjectKey;
import dev.fairway.kube.informer.Informer;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Tells which Services a change of a Pod touches, and leaves out changes that no endpoint shows. */
public final class PodWatch {
    /** Everything of a Pod that its endpoints depend on. */
    private record Relevant(
            Object labels, boolean ready, boolean deleting, String phase, String node, Object ips, Object ports,
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

    private PodWatch() {}

    public static void install(Informer pods, Informer services, Consumer<ObjectKey> touched) {
        pods.onChange((before, after) -> {
            if (before.isPresent() && after.isPresent()
                    && Relevant.of(before.get()).equals(Relevant.of(after.get()))) {
                return;
            }
            KubeObject pod = after.or(() -> before).orElseThrow();
            for (KubeObject service : services.inNamespace(pod.namespace())) {
                if (selects(service, before) || selects(service, after)) {
                    touched.accept(service.key());
                }
            }
        });
    }

    private static boolean selects(KubeObject service, Optional<KubeObject> pod) {
        return pod.filter(one -> ServiceEndpoints.selects(service, one)).isPresent();
    }
}
