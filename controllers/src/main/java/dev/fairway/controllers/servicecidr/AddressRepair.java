package dev.fairway.controllers.servicecidr;

import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ObjectKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where Services and IPAddresses have drifted apart. Pure.
 *
 * @param missing cluster IPs in use that nobody holds, with the Service that uses each
 * @param leaked IPAddresses that no Service uses any more
 * @param checkAgain when a young IPAddress is due for a look; empty for never
 */
record AddressRepair(Map<String, KubeObject> missing, Set<String> leaked, Optional<Instant> checkAgain) {
    /** An address is taken before its Service is stored: only after this time does a lone one count as leaked. */
    static final Duration GRACE = Duration.ofSeconds(60);

    private static final String MANAGED_BY = "ipaddress.kubernetes.io/managed-by";
    private static final String ALLOCATOR = "ipallocator.k8s.io";

    static AddressRepair of(Collection<KubeObject> services, Collection<KubeObject> addresses, Instant now) {
        Map<String, KubeObject> used = new LinkedHashMap<>();
        for (KubeObject service : services) {
            clusterIps(service).forEach(ip -> used.putIfAbsent(ip, service));
        }
        Map<String, ObjectKey> held = new HashMap<>();
        Set<String> leaked = new HashSet<>();
        Optional<Instant> next = Optional.empty();
        for (KubeObject address : addresses) {
            ObjectKey holder = new ObjectKey(
                    address.string("/spec/parentRef/namespace"), address.string("/spec/parentRef/name"));
            held.put(address.name(), holder);
            KubeObject user = used.get(address.name());
            boolean fits = user != null && user.key().equals(holder);
            if (fits || !ALLOCATOR.equals(address.labels().get(MANAGED_BY))) {
                continue;
            }
            Instant due = address.creationTimestamp().orElse(now).plus(GRACE);
            if (user != null || !due.isAfter(now)) {
                leaked.add(address.name());
            } else {
                next = Optional.of(next.filter(due::isAfter).orElse(due));
            }
        }
        Map<String, KubeObject> missing = new LinkedHashMap<>();
        used.forEach((ip, service) -> {
            if (!held.containsKey(ip) || leaked.contains(ip)) {
                missing.put(ip, service);
            }
        });
        return new AddressRepair(missing, leaked, next);
    }

    static Set<String> clusterIps(KubeObject service) {
        Set<String> ips = new LinkedHashSet<>();
        service.at("/spec/clusterIPs").forEach(ip -> ips.add(ip.asString("")));
        ips.add(service.string("/spec/clusterIP"));
        ips.remove("");
        ips.remove("None");
        return ips;
    }
}
