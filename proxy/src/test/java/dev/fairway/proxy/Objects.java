package dev.fairway.proxy;

import dev.fairway.kube.ObjectKey;
import dev.fairway.proxy.model.Endpoint;
import dev.fairway.proxy.model.EndpointPort;
import dev.fairway.proxy.model.EndpointSlice;
import dev.fairway.proxy.model.Hints;
import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.model.IpCidr;
import dev.fairway.proxy.model.Protocol;
import dev.fairway.proxy.model.Service;
import dev.fairway.proxy.model.ServicePort;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Services and slices for tests: plain ones, and random ones of every kind. */
public final class Objects {
    private Objects() {}

    public static ObjectKey key(String name) {
        return new ObjectKey("shop", name);
    }

    /** A ClusterIP Service with one TCP port 80. */
    public static Service service(String name, String clusterIp) {
        return service(name, clusterIp, new ServicePort("", Protocol.TCP, 80, 0));
    }

    public static Service service(String name, String clusterIp, ServicePort port) {
        return new Service(key(name), true, List.of(IpAddress.of(clusterIp)), List.of(port), List.of(), List.of(), List.of(),
                0, false, false, 0);
    }

    /** As {@link #service(String, String)}, with ClientIP affinity. */
    public static Service sticky(String name, String clusterIp) {
        return new Service(key(name), true, List.of(IpAddress.of(clusterIp)),
                List.of(new ServicePort("", Protocol.TCP, 80, 0)), List.of(), List.of(), List.of(), 600, false, false, 0);
    }

    /** A slice of ready endpoints on node-a, with TCP port 8080. */
    public static EndpointSlice slice(String service, String... addresses) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (String address : addresses) {
            endpoints.add(new Endpoint(IpAddress.of(address), "node-a", Hints.NONE, true, true, false));
        }
        return new EndpointSlice(key(service + "-1"), key(service), true,
                List.of(new EndpointPort("", Protocol.TCP, 8080)), List.copyOf(endpoints), List.of(), 0);
    }

    /** Any valid Service of that name; the cluster IP is made from {@code number}. */
    public static Service random(Random random, String name, int number) {
        boolean dual = random.nextInt(4) == 0;
        List<IpAddress> clusterIps = new ArrayList<>(List.of(IpAddress.of("10.100.0." + number)));
        if (dual) {
            clusterIps.add(IpAddress.of("fd17::" + Integer.toHexString(number)));
        }
        List<ServicePort> ports = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(3); i++) {
            Protocol protocol = Protocol.values()[random.nextInt(3)];
            ports.add(new ServicePort("p" + i, protocol, 80 + i, random.nextBoolean() ? 30_000 + number * 4 + i : 0));
        }
        boolean externalLocal = random.nextInt(3) == 0;
        return new Service(key(name), random.nextInt(10) != 0, List.copyOf(clusterIps), List.copyOf(ports),
                random.nextInt(4) == 0 ? List.of(IpAddress.of("198.51.100." + number)) : List.of(),
                random.nextInt(4) == 0 ? List.of(IpAddress.of("203.0.113." + number)) : List.of(),
                random.nextInt(4) == 0 ? List.of(IpCidr.of("172.21.0.0/24"), IpCidr.of("0.0.0.0/0")) : List.of(),
                random.nextInt(4) == 0 ? 1 + random.nextInt(3600) : 0,
                externalLocal, random.nextInt(4) == 0, externalLocal && random.nextBoolean() ? 32_000 + number : 0);
    }

    /** Any valid slice of that Service. */
    public static EndpointSlice randomSlice(Random random, String service, int number) {
        List<EndpointPort> ports = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            for (Protocol protocol : Protocol.values()) {
                ports.add(new EndpointPort("p" + i, protocol, 8080 + i));
            }
        }
        List<Endpoint> endpoints = new ArrayList<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            String zone = "z" + (1 + random.nextInt(2));
            Hints hints = random.nextInt(3) == 0 ? Hints.NONE : new Hints(List.of(zone), List.of());
            String text = random.nextInt(5) == 0 ? "fd18::" + random.nextInt(20) : "10.180.0." + (1 + random.nextInt(20));
            endpoints.add(new Endpoint(IpAddress.of(text), random.nextBoolean() ? "node-a" : "node-b", hints,
                    random.nextInt(4) != 0, random.nextInt(4) != 0, random.nextInt(4) == 0));
        }
        return new EndpointSlice(key(service + "-" + number), key(service), true, ports, List.copyOf(endpoints), List.of(), 0);
    }
}
