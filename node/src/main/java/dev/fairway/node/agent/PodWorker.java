package dev.fairway.node.agent;

import dev.fairway.kube.KubeObject;
import dev.fairway.kube.client.ApiException;
import dev.fairway.node.network.PodNetwork;
import dev.fairway.node.probe.Probe;
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

/**
 * One Pod's life: a virtual thread that takes signals one by one, brings the containers to where they should be, and
 * publishes the status when it has changed.
 */
final class PodWorker {
    private static final System.Logger LOG = System.getLogger(PodWorker.class.getName());
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration FOR_LONG = Duration.ofHours(1);
    private static final Duration DEFAULT_GRACE = Duration.ofSeconds(30);

    private final NodeServices node;
    private final Runnable onDone;
    private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
    private final List<Container> init = new ArrayList<>();
    private final List<Container> main = new ArrayList<>();
    private final Probing probing;
    private final Hooks hooks;
    private final Starter starter;
    private final Stopper stopper;
    private final StatusWriter status;
    private KubeObject pod;
    private Optional<PodNetwork> network = Optional.empty();
    /** The end of the grace period; empty while the Pod is to live. */
    private Optional<Instant> deadline = Optional.empty();
    private Instant retryAt = Instant.MAX;
    /** Why the Pod has failed as a whole; empty where its containers' ends say all. */
    private Optional<PodFailure> failure = Optional.empty();
    /** Whether all containers have ended for good, whatever an older object that arrives late says. */
    private boolean over;
    private boolean removed;
    private boolean done;

    PodWorker(NodeServices node, KubeObject pod, Runnable onDone) {
        this.node = node;
        this.pod = pod;
        this.onDone = onDone;
        var waiting = new ContainerState.Waiting(pod.at("/spec/initContainers").isEmpty() ? "ContainerCreating" : "PodInitializing", "");
        pod.at("/spec/initContainers").forEach(spec -> init.add(new Container(spec,
                spec.path("restartPolicy").asString("").equals("Always") ? Container.Kind.SIDECAR : Container.Kind.INIT,
                pod.at("/status/initContainerStatuses"), waiting)));
        pod.at("/spec/containers").forEach(spec ->
                main.add(new Container(spec, Container.Kind.MAIN, pod.at("/status/containerStatuses"), waiting)));
        this.probing = new Probing(node, signals::add);
        this.hooks = new Hooks(node);
        this.starter = new Starter(node, probing, hooks, signals::add);
        this.stopper = new Stopper(node, hooks, probing);
        this.status = new StatusWriter(node, pod);
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
        return all().filter(each -> each.name().equals(container)).findFirst().flatMap(each -> each.log(previous));
    }

    private Stream<Container> all() {
        return Stream.concat(init.stream(), main.stream());
    }

    private void run() {
        try {
            adopt(pod);
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
        } finally {
            release();
            onDone.run();
        }
    }

    private void take(Signal signal) {
        switch (signal) {
            case Signal.Updated updated -> adopt(updated.pod());
            case Signal.Removed ignored -> {
                removed = true;
                terminate(Duration.ZERO);
            }
            case Signal.Shutdown ignored -> {
                terminate(Duration.ZERO);
                done = true;
            }
            case Signal.Exited exited -> {
                if (exited.container().runs(exited.which())) {
                    exited.container().end(exited.exit().code(), exited.exit().at());
                }
            }
            case Signal.Probed probed -> {
                if (probed.container().runs(probed.which())) {
                    probing.found(pod, probed).ifPresent(probe -> kill(probed, probe));
                }
            }
            case Signal.PostStarted hooked -> {
                if (hooked.container().runs(hooked.which())) {
                    postStarted(hooked);
                }
            }
        }
    }

    private void adopt(KubeObject newer) {
        pod = newer;
        if (pod.deleting()) {
            terminate(Duration.ofSeconds(pod.at("/metadata/deletionGracePeriodSeconds").asLong(0)));
        } else {
            pod.at("/spec/initContainers").forEach(this::adoptImage);
            pod.at("/spec/containers").forEach(this::adoptImage);
        }
    }

    /** The one thing of a container that may be changed in a Pod. */
    private void adoptImage(JsonNode spec) {
        all().filter(each -> each.name().equals(spec.path("name").asString("")) && !each.image().equals(spec.path("image").asString("")))
                .forEach(each -> {
                    each.spec = spec;
                    each.crashLoop.postpone(Instant.EPOCH);
                    stopper.stop(pod, each, "Container " + each.name() + " definition changed, will be restarted", grace());
                });
    }

    private void kill(Signal.Probed probed, Probe probe) {
        Container container = probed.container();
        if (container.killReason.isEmpty()) {
            stopper.stop(pod, container, "Container " + container.name() + " failed "
                    + probed.kind().word().toLowerCase(java.util.Locale.ROOT) + " probe, will be restarted", probe.terminationGrace().orElse(grace()));
        }
    }

    private void postStarted(Signal.PostStarted hooked) {
        if (hooked.failure().isEmpty()) {
            probing.start(pod, hooked.container(), hooked.which());
        } else {
            // What the hook said may hold secrets: kubelet does not tell it either.
            node.warning(pod, hooked.container(), "FailedPostStartHook", "PostStartHook failed");
            stopper.stop(pod, hooked.container(), "FailedPostStartHook", grace());
        }
    }

    private Duration grace() {
        JsonNode seconds = pod.at("/spec/terminationGracePeriodSeconds");
        return seconds.isNumber() ? Duration.ofSeconds(seconds.asLong()) : DEFAULT_GRACE;
    }

    /** One round: whatever can be done now is done, then the status is published if it has changed. */
    private void advance() {
        retryAt = Instant.MAX;
        try {
            if (deadline.isPresent()) {
                stopSidecarsAfterTheOthers();
                if (all().noneMatch(each -> each.running.isPresent())) {
                    finish();
                    return;
                }
            } else if (!over && !PodPhases.ended(pod)) {
                connect();
                expireWhenDue();
                if (!spent()) {
                    network.ifPresent(this::startWhatIsDue);
                }
                endWhenOver();
            }
            publish();
        } catch (ApiException e) {
            onRefusal(e);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "Pod " + pod.key() + ": trying again", e);
            retryAt = Instant.now().plus(RETRY);
        }
    }

    private void connect() {
        if (network.isPresent()) {
            return;
        }
        try {
            boolean host = pod.at("/spec/hostNetwork").asBoolean(false);
            network = Optional.of(host ? node.network().host() : node.network().attach(pod.uid()));
        } catch (IOException | IllegalStateException e) {
            LOG.log(Level.WARNING, "Pod " + pod.key() + ": no network", e);
            node.events().warning(pod, "FailedCreatePodSandBox", "Failed to create pod sandbox: " + e.getMessage());
            retryAt = Instant.now().plus(RETRY);
        }
    }

    private void startWhatIsDue(PodNetwork place) {
        for (Container container : init) {
            step(container, place);
            if (!container.pastItsTurn() && main.stream().noneMatch(Container::everStarted)) {
                return;
            }
        }
        main.forEach(container -> step(container, place));
    }

    /** Starts a container that waits, and lets one that has ended wait again if the policy says so. */
    private void step(Container container, PodNetwork place) {
        if (container.running.isPresent() || container.endedForGood(PodStatus.restartPolicy(pod))) {
            return;
        }
        boolean due = !container.crashLoop.notBefore().isAfter(Instant.now());
        if (container.ended()) {
            container.again(due ? new ContainerState.Waiting("ContainerCreating", "") : crashLoop(container));
        }
        if (due) {
            starter.start(pod, container, place);
            if (container.ended()) {
                // It failed to start, so no exit will be reported.
                retryAt = Instant.now();
            }
        }
    }

    private ContainerState crashLoop(Container container) {
        String which = pod.name() + "_" + pod.namespace() + "(" + pod.uid() + ")";
        node.warning(pod, container, "BackOff", "Back-off restarting failed container " + container.name() + " in pod " + which);
        return new ContainerState.Waiting("CrashLoopBackOff", "back-off " + CrashLoop.text(container.crashLoop.delay())
                + " restarting failed container=" + container.name() + " pod=" + which);
    }

    private Duration untilNextStep() {
        Instant now = Instant.now();
        if (!retryAt.isAfter(now)) {
            return Duration.ZERO;
        }
        Instant expiry = failure.isEmpty() ? activeUntil().orElse(Instant.MAX) : Instant.MAX;
        return Stream.concat(Stream.of(retryAt, expiry), all().filter(each -> each.running.isEmpty()).map(each -> each.crashLoop.notBefore()))
                .filter(at -> at.isAfter(now) && at.isBefore(now.plus(FOR_LONG)))
                .map(at -> Duration.between(now, at).plusMillis(1))
                .min(Duration::compareTo)
                .orElse(FOR_LONG);
    }

    /** Fails a Pod that has been active for longer than its activeDeadlineSeconds. */
    private void expireWhenDue() {
        if (failure.isEmpty() && activeUntil().filter(end -> !end.isAfter(Instant.now())).isPresent()) {
            failure = Optional.of(PodFailure.DEADLINE_EXCEEDED);
            node.events().normal(pod, failure.get().reason(), failure.get().message());
        }
    }

    private Optional<Instant> activeUntil() {
        JsonNode seconds = pod.at("/spec/activeDeadlineSeconds");
        return seconds.isNumber() ? Optional.of(status.startTime().plusSeconds(seconds.asLong())) : Optional.empty();
    }

    /** Whether the main containers have all ended for good, will never start, or may run no longer. */
    private boolean spent() {
        String policy = PodStatus.restartPolicy(pod);
        return failure.isPresent()
                || main.stream().allMatch(each -> each.endedForGood(policy))
                || init.stream().anyMatch(each -> each.endedForGood(policy) && !each.succeeded());
    }

    /** What still runs in a Pod that is spent is stopped; then its network goes. */
    private void endWhenOver() {
        if (!spent() || network.isEmpty()) {
            return;
        }
        all().filter(each -> each.killReason.isEmpty())
                .forEach(each -> stopper.stop(pod, each, "Stopping container " + each.name(), grace()));
        if (all().noneMatch(each -> each.running.isPresent())) {
            over = true;
            status.keepAddress(network.get());
            release();
        }
    }

    /** Begins to end the Pod, or hurries up if it is to end sooner than it was told before. */
    private void terminate(Duration grace) {
        Instant end = Instant.now().plus(grace);
        if (deadline.isPresent()) {
            if (end.isBefore(deadline.get().minus(RETRY))) {
                deadline = Optional.of(end);
                all().forEach(each -> each.running.ifPresent(running -> running.stop(grace)));
            }
            return;
        }
        deadline = Optional.of(end);
        all().filter(each -> each.kind != Container.Kind.SIDECAR || !grace.isPositive())
                .forEach(each -> stopper.stop(pod, each, "Stopping container " + each.name(), grace));
    }

    private void stopSidecarsAfterTheOthers() {
        boolean others = all().anyMatch(each -> each.kind != Container.Kind.SIDECAR && each.running.isPresent());
        if (!others) {
            Duration left = Duration.between(Instant.now(), deadline.orElseThrow());
            init.reversed().stream().filter(each -> each.running.isPresent() && each.killReason.isEmpty())
                    .forEach(each -> stopper.stop(pod, each, "Stopping container " + each.name(), left));
        }
    }

    /** All containers have ended: the last status, then the Pod's object may go. */
    private void finish() {
        publish();
        // Who sees that the object is gone may count on its network being gone too.
        release();
        if (!removed) {
            status.deletePod(pod);
        }
        done = true;
    }

    private void publish() {
        // One that had ended before this agent knew it has its last status already.
        if (!removed && (!PodPhases.ended(pod) || all().anyMatch(Container::everStarted))) {
            status.publish(pod, init, main, network, failure).ifPresent(this::adopt);
        }
    }

    private void onRefusal(ApiException refusal) {
        if (refusal.notFound() || refusal.code() == 409) {
            // This Pod is gone, or another one has its name: the informer says which.
            LOG.log(Level.DEBUG, "Pod {0}: {1}", pod.key(), refusal.getMessage());
        } else {
            LOG.log(Level.WARNING, "Pod {0}: {1}; trying again", pod.key(), refusal.getMessage());
            retryAt = Instant.now().plus(RETRY);
        }
    }

    private void release() {
        try {
            network.ifPresent(status::keepAddress);
            node.network().detach(pod.uid());
            network = Optional.empty();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "Pod " + pod.key() + ": its network namespace is left behind", e);
        }
    }
}
