package dev.fairway.controllers.deployment;

import dev.fairway.controllers.pods.Pods;
import dev.fairway.kube.KubeObject;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Decides the next step of a Deployment. Pure: the same objects and time give the same plan. */
final class DeploymentPlanner {
    private final Rollout rollout;
    private final DeploymentSpec spec;
    private final DeploymentConditions conditions;
    private final Collection<KubeObject> pods;
    private final Instant now;
    private List<KubeObject> deletions = List.of();
    private boolean noteRevision;

    private DeploymentPlanner(
            KubeObject deployment, Collection<KubeObject> replicaSets, Collection<KubeObject> pods, Instant now) {
        this.spec = DeploymentSpec.of(deployment);
        this.rollout = new Rollout(deployment, spec, replicaSets);
        this.conditions = new DeploymentConditions(deployment.at("/status/conditions"), now);
        this.pods = pods;
        this.now = now;
    }

    /**
     * Plans one step.
     *
     * @param replicaSets those that the Deployment controls
     * @param pods the Pods of those; only strategy Recreate looks at them
     */
    static DeploymentPlan plan(
            KubeObject deployment, Collection<KubeObject> replicaSets, Collection<KubeObject> pods, Instant now) {
        return new DeploymentPlanner(deployment, replicaSets, pods, now).plan();
    }

    private DeploymentPlan plan() {
        boolean judge = false;
        if (!rollout.deployment.deleting()) {
            notePause();
            if (spec.paused() || Scaling.pending(rollout)) {
                noteKnownRevision();
                Scaling.apply(rollout);
                if (spec.paused()) {
                    deletions = rollout.beyondHistory();
                }
            } else {
                judge = true;
                switch (spec.strategy()) {
                    case DeploymentSpec.Strategy.Recreate() -> recreate();
                    case DeploymentSpec.Strategy.RollingUpdate ignored -> rollingUpdate();
                }
            }
        }
        DeploymentStatus status = new DeploymentStatus(rollout, conditions, now);
        if (judge) {
            status.judgeProgress();
        }
        return new DeploymentPlan(
                rollout.created() ? rollout.current().map(ReplicaSetView::wanted) : Optional.empty(),
                rollout.all().stream()
                        .filter(set -> set.known().isPresent() && set.changed())
                        .map(ReplicaSetView::wanted)
                        .toList(),
                deletions,
                List.copyOf(rollout.events),
                noteRevision ? revision() : Optional.empty(),
                status.json(),
                status.checkAgain());
    }

    /** The revision to write on the Deployment; empty where it stands there already. */
    private Optional<String> revision() {
        return rollout.current()
                .map(set -> Long.toString(set.revision()))
                .filter(revision -> !revision.equals(
                        rollout.deployment.annotations().get(DeploymentAnnotations.REVISION)));
    }

    private void notePause() {
        if (spec.progressDeadlineSeconds().isEmpty()
                || conditions.hasReason(DeploymentConditions.PROGRESSING, DeploymentConditions.TIMED_OUT)) {
            return;
        }
        boolean noted = conditions.hasReason(DeploymentConditions.PROGRESSING, "DeploymentPaused");
        if (spec.paused() && !noted) {
            conditions.set(DeploymentConditions.PROGRESSING, "Unknown", "DeploymentPaused", "Deployment is paused");
        } else if (!spec.paused() && noted) {
            conditions.set(DeploymentConditions.PROGRESSING, "Unknown", "DeploymentResumed", "Deployment is resumed");
        }
    }

    private void noteKnownRevision() {
        if (rollout.current().isPresent()) {
            rollout.noteRevision();
            noteRevision = true;
            if (conditions.get(DeploymentConditions.PROGRESSING).isEmpty()) {
                found("Found", "FoundNewReplicaSet");
            }
        }
    }

    private void ensureCurrent() {
        if (rollout.current().isEmpty()) {
            rollout.create();
            noteRevision = true;
            found("Created", "NewReplicaSetCreated");
        }
    }

    private void found(String how, String reason) {
        if (spec.progressDeadlineSeconds().isPresent()) {
            conditions.set(DeploymentConditions.PROGRESSING, "True", reason,
                    how + " new replica set \"" + rollout.current().orElseThrow().name() + "\"");
        }
    }

    private void rollingUpdate() {
        noteKnownRevision();
        ensureCurrent();
        if (!RollingUpdate.scaleNew(rollout) && !RollingUpdate.scaleOld(rollout)) {
            cleanUpIfComplete();
        }
    }

    private void recreate() {
        noteKnownRevision();
        List<ReplicaSetView> active = rollout.activeOld();
        active.forEach(set -> rollout.scale(set, 0));
        if (!active.isEmpty() || oldPodsRun()) {
            return;
        }
        ensureCurrent();
        RollingUpdate.scaleNew(rollout);
        cleanUpIfComplete();
    }

    private boolean oldPodsRun() {
        List<String> old = rollout.old().stream().map(set -> set.wanted().uid()).toList();
        return pods.stream()
                .filter(pod -> pod.controllerRef().filter(owner -> old.contains(owner.uid())).isPresent())
                .anyMatch(pod -> !Pods.terminal(pod));
    }

    private void cleanUpIfComplete() {
        // By the status that the server holds: what this step is about to write has not been seen by anybody.
        if (new DeploymentStatus(rollout, new DeploymentConditions(
                rollout.deployment.at("/status/conditions"), now), now).complete()) {
            deletions = rollout.beyondHistory();
        }
    }
}
