package dev.fairway.controllers.servicecidr;

import static dev.fairway.controllers.servicecidr.ServiceNetworks.IP_ADDRESSES;
import static dev.fairway.controllers.servicecidr.ServiceNetworks.SERVICE_CIDRS;

import dev.fairway.controllers.runtime.Context;
import dev.fairway.controllers.runtime.Controller;
import dev.fairway.controllers.runtime.WriteFence;
import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ObjectKey;
import dev.fairway.kube.Times;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ApiException;
import dev.fairway.kube.client.PatchType;
import dev.fairway.kube.informer.Informer;
import dev.fairway.kube.informer.WorkQueue;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Keeps a ServiceCIDR from going while addresses of it are in use, and says in its status whether it is ready. */
public final class ServiceCidrController implements Controller {
    private static final String FINALIZER = "networking.k8s.io/service-cidr-finalizer";

    private final Context context;
    private final ApiClient client;
    private final Informer cidrs;
    private final Informer addresses;
    private final WorkQueue<ObjectKey> queue = new WorkQueue<>("service-cidr-controller");
    private final WriteFence fence = new WriteFence();

    public ServiceCidrController(Context context) {
        this.context = context;
        this.client = context.client();
        this.cidrs = context.informer(SERVICE_CIDRS);
        this.addresses = context.informer(IP_ADDRESSES);
        cidrs.onChange((before, after) -> {
            queue.add(after.or(() -> before).orElseThrow().key());
            // Another range may set one free that is on its way out.
            cidrs.all().stream().filter(KubeObject::deleting).forEach(cidr -> queue.add(cidr.key()));
        });
        addresses.onChange((before, after) -> {
            if (after.isEmpty()) {
                cidrs.all().stream().filter(KubeObject::deleting).forEach(cidr -> queue.add(cidr.key()));
            }
        });
    }

    @Override
    public void start() {
        queue.start(1, this::reconcile);
    }

    private void reconcile(ObjectKey key) throws InterruptedException {
        fence.await(key);
        Optional<KubeObject> found = cidrs.get(key);
        if (found.isEmpty()) {
            return;
        }
        KubeObject cidr = found.get();
        try {
            if (!cidr.deleting()) {
                KubeObject current = cidr.finalizers().contains(FINALIZER) ? cidr : finalizers(cidr, true);
                ready(current, "True", "", "Kubernetes Service CIDR is ready");
            } else if (inUse(cidr, cidrs.all(), addresses.all())) {
                ready(cidr, "False", "Terminating",
                        "There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR");
            } else if (cidr.finalizers().contains(FINALIZER)) {
                finalizers(cidr, false);
            }
        } catch (ApiException e) {
            if (!e.notFound()) {
                throw e;
            }
        }
    }

    /** True where some address lies in this range and in no other that stays. */
    static boolean inUse(KubeObject cidr, Collection<KubeObject> all, Collection<KubeObject> addresses) {
        List<Prefix> own = prefixes(cidr);
        List<Prefix> others = all.stream()
                .filter(other -> !other.name().equals(cidr.name()) && !other.deleting())
                .flatMap(other -> prefixes(other).stream())
                .toList();
        return addresses.stream()
                .map(KubeObject::name)
                .filter(ip -> own.stream().anyMatch(prefix -> prefix.contains(ip)))
                .anyMatch(ip -> others.stream().noneMatch(prefix -> prefix.contains(ip)));
    }

    private static List<Prefix> prefixes(KubeObject cidr) {
        return cidr.at("/spec/cidrs").valueStream().map(text -> Prefix.parse(text.asString(""))).toList();
    }

    private KubeObject finalizers(KubeObject cidr, boolean with) {
        ObjectNode patch = Json.object();
        ArrayNode finalizers = patch.putObject("metadata").put("resourceVersion", cidr.resourceVersion())
                .putArray("finalizers");
        cidr.finalizers().stream().filter(name -> !name.equals(FINALIZER)).forEach(finalizers::add);
        if (with) {
            finalizers.add(FINALIZER);
        }
        KubeObject result = client.patch(SERVICE_CIDRS, "", cidr.name(), PatchType.MERGE, patch);
        if (with) {
            fence.wrote(cidr.key(), cidrs, result);
        }
        return result;
    }

    private void ready(KubeObject cidr, String status, String reason, String message) {
        boolean same = cidr.at("/status/conditions").valueStream()
                .anyMatch(condition -> condition.path("type").asString("").equals("Ready")
                        && condition.path("status").asString("").equals(status)
                        && condition.path("message").asString("").equals(message));
        if (same) {
            return;
        }
        KubeObject changed = cidr.copy();
        changed.status().putArray("conditions").addObject()
                .put("type", "Ready").put("status", status).put("reason", reason).put("message", message)
                .put("lastTransitionTime", Times.format(context.now()));
        fence.wrote(cidr.key(), cidrs, client.updateStatus(SERVICE_CIDRS, changed));
    }

    @Override
    public void close() {
        queue.close();
    }
}
