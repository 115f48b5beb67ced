package dev.fairway.proxy.model;

import dev.fairway.kube.ObjectKey;
import java.util.List;

/**
 * What the proxy keeps of an EndpointSlice.
 *
 * @param service the Service it belongs to
 * @param proxied false for a slice that is left to others, by its labels
 * @param endpoints the usable ones
 * @param setAside endpoints and ports that are bad, with the reason; the others of the slice are used all the same
 * @param lastChangeTriggerMillis the annotation {@code endpoints.kubernetes.io/last-change-trigger-time} as milliseconds
 *     since 1970, 0 without it
 */
public record EndpointSlice(
        ObjectKey key,
        ObjectKey service,
        boolean proxied,
        List<EndpointPort> ports,
        List<Endpoint> endpoints,
        List<Rejection> setAside,
        long lastChangeTriggerMillis) {

    /** Whether two versions of a slice call for the same rules. */
    public boolean sameContent(EndpointSlice other) {
        return service.equals(other.service) && proxied == other.proxied && ports.equals(other.ports)
                && endpoints.equals(other.endpoints);
    }
}
