package dev.fairway.controllers.servicecidr;

import static dev.fairway.controllers.Objects.object;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.kube.KubeObject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ServiceCidrTest {
    private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");

    private static KubeObject service(String name, String... ips) {
        KubeObject service = object("{metadata: {namespace: 'ns', name: '" + name + "'}, spec: {clusterIP: '" + ips[0] + "'}}");
        for (String ip : ips) {
            service.spec().withArray("/clusterIPs").add(ip);
        }
        return service;
    }

    private static KubeObject address(String ip, String holder, String created) {
        return object("""
                {metadata: {name: '%s', creationTimestamp: '%s', labels: {'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io'}},
                 spec: {parentRef: {resource: 'services', namespace: 'ns', name: '%s'}}}
                """.formatted(ip, created, holder));
    }

    private static KubeObject cidr(String name, boolean deleting, String... cidrs) {
        KubeObject cidr = object("{metadata: {name: '" + name + "'}}");
        if (deleting) {
            cidr.metadata().put("deletionTimestamp", "2026-01-01T00:00:00Z");
        }
        for (String one : cidrs) {
            cidr.spec().withArray("/cidrs").add(one);
        }
        return cidr;
    }

    @Test
    void driftIsFoundOnBothSides() {
        String old = "2026-01-01T00:00:00Z";
        KubeObject manual = address("10.0.0.9", "whoever", old);
        manual.metadata().putObject("labels");
        AddressRepair repair = AddressRepair.of(
                List.of(service("good", "10.0.0.1", "fd00::1"), service("bare", "10.0.0.2"),
                        service("robbed", "10.0.0.3"), service("headless", "None")),
                List.of(address("10.0.0.1", "good", old), address("fd00::1", "good", old),
                        address("10.0.0.3", "thief", old), address("10.0.0.4", "gone", old),
                        address("10.0.0.5", "young", "2026-01-01T00:59:30Z"), manual),
                NOW);
        assertEquals(Set.of("10.0.0.2", "10.0.0.3"), repair.missing().keySet());
        assertEquals(Set.of("10.0.0.3", "10.0.0.4"), repair.leaked());
        assertEquals(Optional.of(NOW.plusSeconds(30)), repair.checkAgain());
    }

    @Test
    void aRangeIsInUseWhileNoOtherCoversItsAddresses() {
        KubeObject going = cidr("going", true, "10.0.0.0/24");
        List<KubeObject> addresses = List.of(address("10.0.0.7", "a", ""), address("10.1.0.7", "b", ""));
        assertTrue(ServiceCidrController.inUse(going, List.of(going), addresses));
        assertTrue(ServiceCidrController.inUse(going, List.of(going, cidr("also", true, "10.0.0.0/16")), addresses));
        assertFalse(ServiceCidrController.inUse(going, List.of(going, cidr("wider", false, "10.0.0.0/16")), addresses));
        assertFalse(ServiceCidrController.inUse(cidr("six", true, "fd00::/64"), List.of(), addresses));
    }

    @Test
    void prefixesContainWhatTheyShould() {
        assertTrue(Prefix.parse("10.96.0.0/12").contains("10.111.255.255"));
        assertFalse(Prefix.parse("10.96.0.0/12").contains("10.112.0.0"));
        assertTrue(Prefix.parse("fd00::/8").contains("fdff::1"));
        assertFalse(Prefix.parse("fd00::/8").contains("10.0.0.1"));
        assertThrows(IllegalArgumentException.class, () -> Prefix.parse("10.0.0.0"));
        assertThrows(IllegalArgumentException.class, () -> Prefix.parse("example/8"));
    }
}
