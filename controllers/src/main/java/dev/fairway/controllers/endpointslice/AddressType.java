package dev.fairway.controllers.endpointslice;

import dev.fairway.kube.KubeObject;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** The {@code addressType} of an EndpointSlice, of which each Service has one per IP family. */
public enum AddressType {
    IPv4,
    IPv6;

    /** The type of an IP address in text form. */
    public static AddressType ofAddress(String address) {
        return address.indexOf(':') >= 0 ? IPv6 : IPv4;
    }

    /** The families of a Service; one that names none is of the family of its cluster IP. */
    public static List<AddressType> of(KubeObject service) {
        List<AddressType> families = service.at("/spec/ipFamilies").valueStream()
                .map(family -> valueOf(family.asString("")))
                .toList();
        String clusterIp = service.string("/spec/clusterIP");
        return families.isEmpty()
                ? List.of(clusterIp.isEmpty() || clusterIp.equals("None") ? IPv4 : ofAddress(clusterIp))
                : families;
    }

    /** A Pod's addresses of this family. */
    public List<String> addresses(KubeObject pod) {
        JsonNode podIps = pod.at("/status/podIPs");
        List<String> all = podIps.isEmpty()
                ? List.of(pod.string("/status/podIP"))
                : podIps.valueStream().map(ip -> ip.path("ip").asString("")).toList();
        return all.stream().filter(ip -> !ip.isEmpty() && ofAddress(ip) == this).toList();
    }
}
