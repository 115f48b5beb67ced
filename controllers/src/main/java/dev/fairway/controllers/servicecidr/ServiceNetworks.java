package dev.fairway.controllers.servicecidr;

import dev.fairway.kube.ResourceType;

/** The two kinds of {@code networking.k8s.io/v1} that cluster IPs are kept by. */
final class ServiceNetworks {
    static final ResourceType SERVICE_CIDRS =
            new ResourceType("networking.k8s.io", "v1", "servicecidrs", "ServiceCIDR", false);
    static final ResourceType IP_ADDRESSES =
            new ResourceType("networking.k8s.io", "v1", "ipaddresses", "IPAddress", false);

    private ServiceNetworks() {}
}
