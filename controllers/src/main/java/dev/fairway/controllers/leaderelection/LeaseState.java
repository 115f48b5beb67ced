package dev.fairway.controllers.leaderelection;

import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.Times;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** Whether a Lease can be taken, and what it then says. Pure. */
final class LeaseState {
    private LeaseState() {}

    static String holder(KubeObject lease) {
        return lease.string("/spec/holderIdentity");
    }

    /**
     * True where {@code identity} may write itself into the Lease.
     *
     * @param unchangedSince when the Lease was first seen as it is; by the own clock, since clocks differ
     */
    static boolean free(KubeObject lease, String identity, Instant unchangedSince, Instant now) {
        long seconds = lease.at("/spec/leaseDurationSeconds").asLong(0);
        return holder(lease).isEmpty()
                || holder(lease).equals(identity)
                || !unchangedSince.plusSeconds(seconds).isAfter(now);
    }

    /** The Lease as held by {@code identity}: taken over, or renewed where it was held before. */
    static KubeObject held(LeaderElectionConfig config, Optional<KubeObject> before, Instant now) {
        KubeObject lease = before.map(KubeObject::copy)
                .orElseGet(() -> KubeObject.of(ResourceType.LEASES, config.namespace(), config.name()));
        ObjectNode spec = lease.spec();
        boolean renewal = before.filter(known -> holder(known).equals(config.identity())).isPresent();
        if (!renewal) {
            spec.put("acquireTime", Times.formatMicros(now));
            spec.put("leaseTransitions",
                    before.isEmpty() ? 0 : before.get().at("/spec/leaseTransitions").asInt(0) + 1);
        }
        spec.put("holderIdentity", config.identity());
        spec.put("leaseDurationSeconds", (int) config.leaseDuration().toSeconds());
        spec.put("renewTime", Times.formatMicros(now));
        return lease;
    }

    /** The Lease given back, so that the next holder need not wait. */
    static KubeObject released(KubeObject lease, Instant now) {
        KubeObject free = lease.copy();
        free.spec().put("holderIdentity", "").put("leaseDurationSeconds", 1)
                .put("renewTime", Times.formatMicros(now));
        return free;
    }
}
