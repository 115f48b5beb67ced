package dev.fairway.apiserver.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/**
 * The settings of an API server.
 *
 * @param listen             where to listen; port 0 picks a free one
 * @param dataDir            where the PKI directory is made
 * @param servingNames       DNS names in the serving certificate, beside localhost and the kubernetes Service's
 * @param servingAddresses   IP addresses in the serving certificate, beside 127.0.0.1, ::1 and the kubernetes
 *                           Service's cluster IPs
 * @param serviceCidrs       the cluster IP ranges, one per IP family; the first family is the default
 * @param nodePorts          the node port range
 * @param advertisedEndpoints where Pods reach this server: the addresses behind the default/kubernetes Service; empty
 *                           leaves the Service without endpoints
 * @param anonymous          whether requests without credentials are served as system:anonymous
 * @param clock              the time
 * @param requestTimeout     how long a client may take to bring a request's body, or to take an answer: a whole one, or
 *                           each piece of a stream; its connection is closed then
 */
public record ApiServerConfig(InetSocketAddress listen, Path dataDir, List<String> servingNames,
                              List<InetAddress> servingAddresses, List<Cidr> serviceCidrs,
                              PortRange nodePorts, List<InetSocketAddress> advertisedEndpoints,
                              boolean anonymous, Clock clock, Duration requestTimeout) {

    /** Most characters of a request target or of one header that are read. */
    public static final int MAX_HEADER_BYTES = 1 << 16;
    /** Largest request body, in bytes: what Kubernetes accepts. */
    public static final int MAX_BODY_BYTES = 3 << 20;

    public ApiServerConfig {
        servingNames = List.copyOf(servingNames);
        servingAddresses = List.copyOf(servingAddresses);
        serviceCidrs = List.copyOf(serviceCidrs);
        advertisedEndpoints = List.copyOf(advertisedEndpoints);
        if (serviceCidrs.isEmpty() || serviceCidrs.size() > 2
                || serviceCidrs.size() == 2 && serviceCidrs.get(0).isIpv6() == serviceCidrs.get(1).isIpv6()) {
            throw new IllegalArgumentException("serviceCidrs: one range, or one of each IP family, not " + serviceCidrs);
        }
    }

    /** Settings for a server on 127.0.0.1 with Kubernetes' default ranges. */
    public static ApiServerConfig defaults(Path dataDir) {
        return new ApiServerConfig(new InetSocketAddress(InetAddress.getLoopbackAddress(), 6443), dataDir,
                List.of(), List.of(), List.of(Cidr.parse("10.96.0.0/12")), new PortRange(30000, 32767), List.of(),
                false, Clock.systemUTC(), Duration.ofMinutes(1));
    }

    public ApiServerConfig withListen(InetSocketAddress address) {
        return new ApiServerConfig(address, dataDir, servingNames, servingAddresses, serviceCidrs,
                nodePorts, advertisedEndpoints, anonymous, clock, requestTimeout);
    }

    public ApiServerConfig withServing(List<String> names, List<InetAddress> addresses) {
        return new ApiServerConfig(listen, dataDir, names, addresses, serviceCidrs, nodePorts,
                advertisedEndpoints, anonymous, clock, requestTimeout);
    }

    public ApiServerConfig withServiceCidrs(List<Cidr> ranges) {
        return new ApiServerConfig(listen, dataDir, servingNames, servingAddresses, ranges, nodePorts,
                advertisedEndpoints, anonymous, clock, requestTimeout);
    }

    public ApiServerConfig withAdvertisedEndpoints(List<InetSocketAddress> endpoints) {
        return new ApiServerConfig(listen, dataDir, servingNames, servingAddresses, serviceCidrs,
                nodePorts, endpoints, anonymous, clock, requestTimeout);
    }

    public ApiServerConfig withAnonymous(boolean admitted) {
        return new ApiServerConfig(listen, dataDir, servingNames, servingAddresses, serviceCidrs,
                nodePorts, advertisedEndpoints, admitted, clock, requestTimeout);
    }

    public ApiServerConfig withClock(Clock time) {
        return new ApiServerConfig(listen, dataDir, servingNames, servingAddresses, serviceCidrs,
                nodePorts, advertisedEndpoints, anonymous, time, requestTimeout);
    }

    public ApiServerConfig withRequestTimeout(Duration timeout) {
        return new ApiServerConfig(listen, dataDir, servingNames, servingAddresses, serviceCidrs,
                nodePorts, advertisedEndpoints, anonymous, clock, timeout);
    }
}
