package dev.fairway.controllers.endpointslice;

import dev.fairway.controllers.pods.Pods;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ObjectKey;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers when the things behind each Service last changed, so that a consumer can measure how long a change took
 * to reach it ({@code endpoints.kubernetes.io/last-change-trigger-time}).
 */
public final class TriggerTimes {
    private record Seen(Instant service, Map<String, Instant> pods) {}

    private final Map<ObjectKey, Seen> seen = new ConcurrentHashMap<>();

    /** The earliest change since the last call for this Service; empty where none has a known time. */
    public Optional<Instant> next(KubeObject service, Collection<KubeObject> pods) {
        Instant created = service.creationTimestamp().orElse(Instant.MIN);
        Map<String, Instant> times = new HashMap<>();
        pods.forEach(pod -> Pods.readyTransition(pod).ifPresent(time -> times.put(pod.uid(), time)));
        Seen before = seen.put(service.key(), new Seen(created, times));
        Instant earliest = Instant.MAX;
        for (Map.Entry<String, Instant> time : times.entrySet()) {
            Instant last = before == null ? Instant.MIN : before.pods().getOrDefault(time.getKey(), Instant.MIN);
            if (time.getValue().isAfter(last) && time.getValue().isBefore(earliest)) {
                earliest = time.getValue();
            }
        }
        if (created.isAfter(before == null ? Instant.MIN : before.service()) && created.isBefore(earliest)) {
            earliest = created;
        }
        return earliest.equals(Instant.MAX) ? Optional.empty() : Optional.of(earliest);
    }

    public void forget(ObjectKey service) {
        seen.remove(service);
    }
}
