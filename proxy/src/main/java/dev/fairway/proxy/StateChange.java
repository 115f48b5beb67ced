package dev.fairway.proxy;

import dev.fairway.kube.ObjectKey;
import dev.fairway.proxy.state.ServiceState;
import java.util.Optional;

/**
 * How one Service changed in one address family.
 *
 * @param before empty if it had no rules
 * @param after empty if it has none now
 */
public record StateChange(ObjectKey key, Optional<ServiceState> before, Optional<ServiceState> after) {}
