package dev.fairway.node.agent;

import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.Times;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ApiException;
import dev.fairway.kube.client.PatchType;
import dev.fairway.kube.client.Query;
import dev.fairway.kube.events.EventRecorder;
import dev.fairway.kube.events.EventType;
import dev.fairway.kube.events.ObjectReference;
import dev.fairway.kube.informer.Informer;
import dev.fairway.node.network.NodeNetwork;
import dev.fairway.node.probe.Prober;
import dev.fairway.node.runtime.ContainerLog;
import dev.fairway.node.runtime.ContainerRuntime;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One node's agent: registers the Node and renews its Lease, and gives each Pod that is bound to it a worker.
 */
public final class NodeAgent implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(NodeAgent.class.getName());
    private static final String LEASES = "kube-node-lease";
    private static final int LEASE_SECONDS = 40;
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);
    /** The Node's status is written this often though nothing has changed, in heartbeats. */
    private static final int STATUS_EVERY = 30;
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(10);

    private final NodeServices services;
    private final NodeNetwork network;
    private final String zone;
    private final Informer pods;
    private final Map<String, PodWorker> workers = new ConcurrentHashMap<>();
    private final CountDownLatch closing = new CountDownLatch(1);

    /**
     * An agent, not started yet.
     *
     * @param zone the node's {@code topology.kubernetes.io/zone}
     * @param runtimes asked in this order who runs an image; not closed by the agent
     */
    public NodeAgent(ApiClient client, NodeNetwork network, String zone, List<ContainerRuntime> runtimes) {
        this.network = network;
        this.zone = zone;
        this.services = new NodeServices(client, network, List.copyOf(runtimes), new Prober(network.namespace()),
                new EventRecorder(client, "kubelet", network.name(), java.time.InstantSource.system()));
        this.pods = new Informer(client, ResourceType.PODS, "", Query.fields("spec.nodeName=" + network.name())).onChange(this::changed);
    }

    /** Registers the node and starts to run Pods. */
    public NodeAgent start() {
        register();
        pods.start();
        Thread.ofVirtual().name("heartbeat-" + network.name()).start(this::heartbeat);
        return this;
    }

    private void register() {
        ApiClient client = services.client();
        event("Starting", "Starting kubelet.");
        KubeObject node = NodeObject.of(network, zone, Instant.now());
        try {
            client.create(ResourceType.NODES, node);
        } catch (ApiException e) {
            if (!e.alreadyExists()) {
                throw e;
            }
        }
        status(client);
        renew(client);
        for (String state : NodeObject.STATES) {
            event(state, "Node " + network.name() + " status is now: " + state);
        }
    }

    /** A kubelet knows its node by name alone, and gives the name for its uid; {@code kubectl describe} looks for both. */
    private void event(String reason, String message) {
        services.events().record(new ObjectReference("v1", "Node", "", network.name(), network.name(), "", ""),
                EventType.Normal, reason, message);
    }

    private void status(ApiClient client) {
        ObjectNode patch = Json.object();
        JsonNode before = client.get(ResourceType.NODES, "", network.name()).at("/status/conditions");
        patch.set("status", NodeObject.status(network, before, Instant.now()));
        client.patchStatus(ResourceType.NODES, "", network.name(), PatchType.STRATEGIC_MERGE, patch);
    }

    private void renew(ApiClient client) {
        Optional<KubeObject> found = client.find(ResourceType.LEASES, LEASES, network.name());
        KubeObject lease = found.orElseGet(() -> KubeObject.of(ResourceType.LEASES, LEASES, network.name()));
        lease.spec()
                .put("holderIdentity", network.name())
                .put("leaseDurationSeconds", LEASE_SECONDS)
                .put("renewTime", Times.formatMicros(Instant.now()));
        if (found.isPresent()) {
            client.update(ResourceType.LEASES, lease);
        } else {
            client.create(ResourceType.LEASES, lease);
        }
    }

    private void heartbeat() {
        try {
            for (int beat = 1; !closing.await(HEARTBEAT.toSeconds(), TimeUnit.SECONDS); beat++) {
                try {
                    renew(services.client());
                    if (beat % STATUS_EVERY == 0) {
                        status(services.client());
                    }
                } catch (ApiException e) {
                    LOG.log(Level.WARNING, "node {0}: heartbeat: {1}", network.name(), e.getMessage());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void changed(Optional<KubeObject> before, Optional<KubeObject> after) {
        before.filter(old -> after.isEmpty() || !after.get().uid().equals(old.uid()))
                .map(old -> workers.get(old.uid()))
                .ifPresent(worker -> worker.tell(new Signal.Removed()));
        after.ifPresent(this::run);
    }

    private void run(KubeObject pod) {
        PodWorker known = workers.get(pod.uid());
        if (known != null) {
            known.tell(new Signal.Updated(pod));
        } else if (!PodPhases.ended(pod) || pod.deleting()) {
            PodWorker worker = new PodWorker(services, pod, () -> workers.remove(pod.uid()));
            workers.put(pod.uid(), worker);
            worker.start();
        }
    }

    /**
     * The log of a container of a Pod on this node.
     *
     * @param previous whether the instance before the last restart is meant
     * @return empty when the container has no log (not started yet, no previous instance)
     */
    public Optional<ContainerLog> log(String podUid, String container, boolean previous) {
        return Optional.ofNullable(workers.get(podUid)).flatMap(worker -> worker.log(container, previous));
    }

    /** Ends all Pods of this node at once; their objects stay. */
    @Override
    public void close() {
        closing.countDown();
        pods.close();
        workers.values().forEach(worker -> worker.tell(new Signal.Shutdown()));
        long deadline = System.nanoTime() + CLOSE_PATIENCE.toNanos();
        while (!workers.isEmpty() && System.nanoTime() < deadline) {
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
        }
        services.events().close();
    }
}
