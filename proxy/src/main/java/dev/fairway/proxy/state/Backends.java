package dev.fairway.proxy.state;

import java.util.List;

/**
 * The endpoints of a Service port, and who may reach which. The lists are sorted by address and port as text.
 *
 * @param all every endpoint, whatever its condition
 * @param cluster for traffic under the policy Cluster; empty if the port has no such traffic
 * @param local for traffic under the policy Local; empty if the port has no such traffic
 * @param reachable those of {@code cluster} and {@code local} together
 * @param usable whether the port has a usable endpoint anywhere in the cluster, even where {@code reachable} is empty
 */
public record Backends(
        List<Backend> all, List<Backend> cluster, List<Backend> local, List<Backend> reachable, boolean usable) {
    public static final Backends NONE = new Backends(List.of(), List.of(), List.of(), List.of(), false);
}
