package dev.fairway.node.agent;

import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiException;
import dev.fairway.kube.client.DeleteOptions;
import dev.fairway.kube.client.PatchType;
import dev.fairway.node.network.PodNetwork;
import dev.fairway.node.runtime.ContainerLog;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One Pod's life: a virtual thread that takes signals one by one, brings the containers to where they should be, and
 * publishes the status when it has changed.
 */
final class PodWorker {
    private static final System.Logger LOG = System.getLogger(PodWorker.class.getName());
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final NodeServices node;
    private final Runnable onDone;
    private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
    private final List<Container> init = new ArrayList<>();
    private final List<Container> main = new ArrayList<>();
    private final Containers containers;
    private final Instant startTime = Instant.now();
    private KubeObject pod;
    private Optional<PodNetwork> network = Optional.empty();
    private ObjectNode published = Json.object();
    private boolean terminating;
    private boolean removed;
    private boolean done;

    PodWorker(NodeServices node, KubeObject pod, Runnable onDone) {
        this.node = node;
        this.pod = pod;
        this.onDone = onDone;
        pod.at("/spec/initContainers").forEach(spec -> init.add(new Container(spec, true, restarts("initContainerStatuses", spec))));
        pod.at("/spec/containers").forEach(spec -> main.add(new Container(spec, false, restarts("containerStatuses", spec))));
        this.containers = new Containers(node, signals::add);
    }

    /** A container that an earlier agent ran here is started again, and that counts. */
    private int restarts(String field, JsonNode spec) {
        return pod.at("/status/" + field).valueStream()
                .filter(each -> each.path("name").equals(spec.path("name")))
                .mapToInt(each -> each.path("restartCount").asInt(0) + (each.hasNonNull("containerID") ? 1 : 0))
                .findFirst()
                .orElse(0);
    }

    PodWorker start() {
        Thread.ofVirtual().name("pod-" + pod.key()).start(this::run);
        return this;
    }

    void tell(Signal signal) {
        signals.add(signal);
    }

    /** The log of a container, if it has one. */
    Optional<ContainerLog> log(String container, boolean previous) {
        return Stream.concat(init.stream(), main.stream())
                .filter(each -> each.name().equals(container))
                .findFirst()
                .flatMap(each -> each.log(previous));
    }

    private void run() {
        try {
            while (!done) {
                advance();
                if (!done) {
                    Signal signal = signals.poll(untilNextStep().toMillis(), TimeUnit.MILLISECONDS);
                    // One status for all that is known by now.
                    for (; signal != null; signal = signals.poll()) {
                        take(signal);
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "Pod " + pod.key() + ": its worker failed", e);
        } finally {
            release();
            onDone.run();
        }
    }

    private void take(Signal signal) {
        switch (signal) {
            case Signal.Updated updated -> {
                pod = updated.pod();
                if (pod.deleting() && !terminating) {
                    terminate(Duration.ofSeconds(pod.at("/metadata/deletionGracePeriodSeconds").asLong(0)));
                }
            }
            case Signal.Removed ignored -> {
                removed = true;
                terminate(Duration.ZERO);
            }
            case Signal.Shutdown ignored -> {
                terminate(Duration.ZERO);
                done = true;
            }
            case Signal.Exited exited -> {
                if (exited.container().running.filter(exited.which()::equals).isPresent()) {
                    exited.container().end(exited.exit().code(), exited.exit().at());
                }
            }
            case Signal.Probed probed -> {
                if (probed.container().running.filter(probed.which()::equals).isPresent()) {
                    containers.probed(pod, probed, network.orElseThrow());
                }
            }
        }
    }

    /** One round: whatever can be done now is done, then the status is published if it has changed. */
    private void advance() {
        try {
            if (terminating) {
                if (Stream.concat(init.stream(), main.stream()).noneMatch(each -> each.running.isPresent())) {
                    finish();
                }
                return;
            }
            if (!PodPhases.ended(pod)) {
                connect();
                network.ifPresent(this::startWhatIsDue);
            }
            publish();
        } catch (ApiException e) {
            onRefusal(e);
        }
    }

    private void connect() {
        if (network.isPresent()) {
            return;
        }
        try {
            network = Optional.of(node.network().attach(pod.uid()));
        } catch (IOException | IllegalStateException e) {
            LOG.log(Level.WARNING, "Pod " + pod.key() + ": no network", e);
            node.events().warning(pod, "FailedCreatePodSandBox", "Failed to create pod sandbox: " + e.getMessage());
            main.forEach(each -> each.notBefore = Instant.now().plus(RETRY));
        }
    }

    private void startWhatIsDue(PodNetwork place) {
        for (Container container : init) {
            if (!container.succeeded()) {
                step(container, place, PodStatus.restartPolicy(pod).equals("Never") ? "Never" : "OnFailure");
                return;
            }
        }
        main.forEach(container -> step(container, place, PodStatus.restartPolicy(pod)));
    }

    /** Starts a container that waits, and lets one that has ended wait again if the policy says so. */
    private void step(Container container, PodNetwork place, String restartPolicy) {
        if (container.running.isPresent()) {
            return;
        }
        if (container.state instanceof ContainerState.Terminated ended) {
            boolean again = restartPolicy.equals("Always") || restartPolicy.equals("OnFailure") && ended.exitCode() != 0;
            if (!again) {
                return;
            }
            boolean wait = container.notBefore.isAfter(Instant.now());
            container.restarts++;
            container.again(wait ? crashLoop(container) : new ContainerState.Waiting("ContainerCreating", ""));
        }
        if (!container.notBefore.isAfter(Instant.now())) {
            containers.start(pod, container, place);
        }
    }

    private ContainerState crashLoop(Container container) {
        String message = "back-off " + text(container.backoff()) + " restarting failed container=" + container.name()
                + " pod=" + pod.name() + "_" + pod.namespace() + "(" + pod.uid() + ")";
        node.events().warning(pod, "BackOff", message);
        return new ContainerState.Waiting("CrashLoopBackOff", message);
    }

    /** As Go prints a duration: 10s, 1m20s. */
    static String text(Duration duration) {
        return duration.toString().substring(2).toLowerCase(java.util.Locale.ROOT);
    }

    private Duration untilNextStep() {
        Instant now = Instant.now();
        return Stream.concat(init.stream(), main.stream())
                .filter(each -> each.running.isEmpty() && each.notBefore.isAfter(now))
                .map(each -> Duration.between(now, each.notBefore).plusMillis(1))
                .min(Duration::compareTo)
                .orElse(Duration.ofHours(1));
    }

    private void terminate(Duration grace) {
        boolean first = !terminating;
        terminating = true;
        for (Container container : Stream.concat(init.stream(), main.stream()).toList()) {
            container.running.ifPresent(running -> {
                if (first) {
                    node.events().normal(pod, "Killing", "Stopping container " + container.name());
                }
                containers.stop(pod, container, running, grace);
            });
        }
    }

    /** All containers have ended: the last status, then the Pod's object may go. */
    private void finish() {
        done = true;
        if (removed) {
            return;
        }
        for (Container container : Stream.concat(init.stream(), main.stream()).toList()) {
            if (!container.ended()) {
                container.end(0, Instant.now());
            }
        }
        release();
        publish();
        try {
            node.client().delete(ResourceType.PODS, pod.namespace(), pod.name(), DeleteOptions.DEFAULT.withGracePeriod(0).withUid(pod.uid()));
        } catch (ApiException e) {
            if (!e.notFound() && e.code() != 409) {
                done = false;
                throw e;
            }
        }
    }

    private void publish() {
        if (removed) {
            return;
        }
        ObjectNode status = PodStatus.of(new PodStatus.Facts(pod, init, main,
                network.map(place -> place.address().getHostAddress()), node.hostIp(), startTime, Instant.now()));
        if (status.equals(published)) {
            return;
        }
        ObjectNode patch = Json.object();
        // Another Pod of the same name must not get this one's status.
        patch.putObject("metadata").put("uid", pod.uid());
        patch.set("status", status);
        KubeObject answer = node.client().patchStatus(ResourceType.PODS, pod.namespace(), pod.name(), PatchType.MERGE, patch);
        published = status;
        if (!pod.deleting()) {
            pod = answer;
        }
        if (pod.deleting() && !terminating) {
            terminate(Duration.ofSeconds(pod.at("/metadata/deletionGracePeriodSeconds").asLong(0)));
        }
    }

    private void onRefusal(ApiException refusal) {
        if (refusal.notFound() || refusal.code() == 409) {
            // This Pod is gone, or another one has its name: the informer says which.
            LOG.log(Level.DEBUG, "Pod {0}: {1}", pod.key(), refusal.getMessage());
        } else {
            LOG.log(Level.WARNING, "Pod {0}: {1}; trying again", pod.key(), refusal.getMessage());
            Thread.ofVirtual().start(() -> {
                try {
                    Thread.sleep(RETRY);
                    signals.add(new Signal.Updated(pod));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
    }

    private void release() {
        try {
            node.network().detach(pod.uid());
        } catch (IOException e) {
            LOG.log(Level.WARNING, "Pod " + pod.key() + ": its network namespace is left behind", e);
        }
    }
}
