package dev.fairway.cli.bench.proxy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The Services and slices of a bench, as the API server of a real cluster would list them. */
record BenchObjects(int services, int endpointsPerService) {
    static final int PORT = 80;
    static final int TARGET_PORT = 8080;

    /** The controller of slices makes none larger. */
    private static final int MAX_ENDPOINTS_PER_SLICE = 100;
    private static final int MAX_SERVICES = 1 << 19;

    BenchObjects {
        if (services < 1 || services > MAX_SERVICES) {
            throw new IllegalArgumentException("--services: must be from 1 to " + MAX_SERVICES + ", is " + services);
        }
        if (endpointsPerService < 0 || (long) services * endpointsPerService > 1 << 22) {
            throw new IllegalArgumentException("--endpoints-per-service: must not be negative, nor more than "
                    + (1 << 22) + " in all, is " + endpointsPerService);
        }
    }

    /** Service addresses are 10.96.0.1 and on. */
    static String clusterIp(int service) {
        return address((10 << 24 | 96 << 16) + 1 + service);
    }

    /** Addresses of endpoints that nobody ever connects to: 10.128.0.1 and on. */
    private static String endpoint(int number) {
        return address((10 << 24 | 128 << 16) + 1 + number);
    }

    private static String address(int bits) {
        return (bits >>> 24) + "." + (bits >>> 16 & 0xff) + "." + (bits >>> 8 & 0xff) + "." + (bits & 0xff);
    }

    static byte[] service(int number, long version) {
        return bytes("""
                {"kind":"Service","apiVersion":"v1","metadata":{"name":"svc-%1$d","namespace":"bench",\
                "uid":"00000000-0000-4000-8000-%1$012d","resourceVersion":"%2$d","creationTimestamp":"2026-01-01T00:00:00Z"},\
                "spec":{"ports":[{"name":"http","protocol":"TCP","port":%3$d,"targetPort":%4$d}],\
                "selector":{"app":"app-%1$d"},"clusterIP":"%5$s","clusterIPs":["%5$s"],"type":"ClusterIP",\
                "sessionAffinity":"None","ipFamilies":["IPv4"],"ipFamilyPolicy":"SingleStack",\
                "internalTrafficPolicy":"Cluster"},"status":{"loadBalancer":{}}}"""
                .formatted(number, version, PORT, TARGET_PORT, clusterIp(number)));
    }

    /** The slices of one Service, in pieces of a hundred endpoints. */
    List<byte[]> slices(int service, long version) {
        List<byte[]> slices = new ArrayList<>();
        for (int from = 0; from == 0 || from < endpointsPerService; from += MAX_ENDPOINTS_PER_SLICE) {
            List<String> addresses = new ArrayList<>();
            for (int i = from; i < Math.min(endpointsPerService, from + MAX_ENDPOINTS_PER_SLICE); i++) {
                addresses.add(endpoint(service * endpointsPerService + i));
            }
            slices.add(slice(service, from / MAX_ENDPOINTS_PER_SLICE, addresses, version));
        }
        return slices;
    }

    static byte[] slice(int service, int piece, List<String> addresses, long version) {
        StringBuilder endpoints = new StringBuilder();
        for (String address : addresses) {
            endpoints.append(endpoints.isEmpty() ? "" : ",").append("""
                    {"addresses":["%s"],"conditions":{"ready":true,"serving":true,"terminating":false},\
                    "targetRef":{"kind":"Pod","namespace":"bench","name":"app-%d-%s"},"nodeName":"node-b","zone":"z2"}"""
                    .formatted(address, service, address.replace('.', '-')));
        }
        return bytes("""
                {"kind":"EndpointSlice","apiVersion":"discovery.k8s.io/v1","metadata":{"name":"svc-%1$d-%2$d",\
                "generateName":"svc-%1$d-","namespace":"bench","uid":"00000000-0000-4000-9000-%1$012d",\
                "resourceVersion":"%3$d","generation":1,"creationTimestamp":"2026-01-01T00:00:00Z","labels":{\
                "endpointslice.kubernetes.io/managed-by":"endpointslice-controller.k8s.io",\
                "kubernetes.io/service-name":"svc-%1$d"}},"addressType":"IPv4","endpoints":[%4$s],\
                "ports":[{"name":"http","protocol":"TCP","port":%5$d}]}"""
                .formatted(service, piece, version, endpoints, TARGET_PORT));
    }

    static byte[] node(String address) {
        return bytes("""
                {"kind":"Node","apiVersion":"v1","metadata":{"name":"node-a","resourceVersion":"1","labels":{\
                "kubernetes.io/hostname":"node-a","topology.kubernetes.io/zone":"z1"}},"spec":{"podCIDR":"10.180.0.0/24",\
                "podCIDRs":["10.180.0.0/24"]},"status":{"addresses":[{"type":"InternalIP","address":"%s"}]}}"""
                .formatted(address));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
