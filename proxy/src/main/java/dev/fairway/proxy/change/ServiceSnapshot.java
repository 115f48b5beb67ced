package dev.fairway.proxy.change;

import dev.fairway.kube.ObjectKey;
import dev.fairway.proxy.model.EndpointSlice;
import dev.fairway.proxy.model.Service;
import java.util.List;
import java.util.Optional;

/**
 * Everything known of one Service at one moment.
 *
 * @param service empty if it is gone
 * @param slices sorted by name
 * @param triggeredMillis when the changes to its endpoints were caused, in milliseconds since 1970, as far as the slices
 *     say so
 */
public record ServiceSnapshot(
        ObjectKey key, Optional<Service> service, List<EndpointSlice> slices, List<Long> triggeredMillis) {}
