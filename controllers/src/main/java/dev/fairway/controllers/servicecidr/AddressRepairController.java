package dev.fairway.controllers.servicecidr;

import static dev.fairway.controllers.servicecidr.ServiceNetworks.IP_ADDRESSES;

import dev.fairway.controllers.runtime.Context;
import dev.fairway.controllers.runtime.Controller;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ObjectKey;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ApiException;
import dev.fairway.kube.client.DeleteOptions;
import dev.fairway.kube.events.EventRecorder;
import dev.fairway.kube.informer.Informer;
import dev.fairway.kube.informer.WorkQueue;
import java.time.Duration;
import java.util.Set;

/**
 * Puts right what {@link AddressRepair} finds, when Services or IPAddresses change. Informers may be behind, so
 * nothing is written before the server has confirmed it.
 */
public final class AddressRepairController implements Controller {
    private static final Duration GATHER = Duration.ofSeconds(1);

    private final Context context;
    private final ApiClient client;
    private final Informer services;
    private final Informer addresses;
    private final EventRecorder events;
    private final WorkQueue<Boolean> queue = new WorkQueue<>("ipallocator-repair-controller");
    private boolean scheduled;

    public AddressRepairController(Context context) {
        this.context = context;
        this.client = context.client();
        this.services = context.informer(ResourceType.SERVICES);
        this.addresses = context.informer(IP_ADDRESSES);
        this.events = context.events("ipallocator-repair-controller");
        services.onChange((before, after) -> {
            if (!before.map(AddressRepair::clusterIps).equals(after.map(AddressRepair::clusterIps))) {
                schedule();
            }
        });
        addresses.onChange((before, after) -> schedule());
    }

    /** One look for all changes of a second. */
    private synchronized void schedule() {
        if (!scheduled) {
            scheduled = true;
            queue.addAfter(true, GATHER);
        }
    }

    @Override
    public void start() {
        queue.start(1, ignored -> repair());
    }

    private void repair() {
        synchronized (this) {
            scheduled = false;
        }
        AddressRepair found = AddressRepair.of(services.all(), addresses.all(), context.now());
        found.leaked().forEach(this::release);
        found.missing().forEach(this::hold);
        found.checkAgain().ifPresent(at -> queue.addAfter(true, Duration.between(context.now(), at).plusSeconds(1)));
    }

    private void release(String ip) {
        boolean used = client.find(IP_ADDRESSES, "", ip)
                .flatMap(address -> client.find(ResourceType.SERVICES, address.string("/spec/parentRef/namespace"),
                        address.string("/spec/parentRef/name")))
                .filter(service -> AddressRepair.clusterIps(service).contains(ip))
                .isPresent();
        if (used) {
            return;
        }
        try {
            client.delete(IP_ADDRESSES, "", ip, DeleteOptions.DEFAULT);
        } catch (ApiException e) {
            if (!e.notFound()) {
                throw e;
            }
        }
    }

    private void hold(String ip, KubeObject known) {
        ObjectKey key = known.key();
        Set<String> wanted = client.find(ResourceType.SERVICES, key.namespace(), key.name())
                .map(AddressRepair::clusterIps)
                .orElse(Set.of());
        if (!wanted.contains(ip)) {
            return;
        }
        KubeObject address = KubeObject.of(IP_ADDRESSES, "", ip);
        address.metadata().putObject("labels")
                .put("ipaddress.kubernetes.io/ip-family", ip.indexOf(':') >= 0 ? "IPv6" : "IPv4")
                .put("ipaddress.kubernetes.io/managed-by", "ipallocator.k8s.io");
        address.spec().putObject("parentRef")
                .put("group", "").put("resource", "services")
                .put("namespace", key.namespace()).put("name", key.name());
        try {
            client.create(IP_ADDRESSES, address);
            events.warning(known, "ClusterIPNotAllocated",
                    "Cluster IP " + ip + " is not allocated; repairing");
        } catch (ApiException e) {
            if (!e.alreadyExists()) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        queue.close();
        events.close();
    }
}
