package dev.fairway.proxy.iptables;

import dev.fairway.proxy.change.ChangeTracker;
import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.model.Node;
import dev.fairway.proxy.state.NodeState;
import dev.fairway.proxy.state.ProxyOptions;
import dev.fairway.proxy.state.ServiceStates;
import dev.fairway.proxy.state.StateTable;
import java.util.List;
import java.util.Set;

/** The rules wanted for objects, computed from scratch. */
final class Wanted {
    static final Set<String> COUNTERS = Set.of(PacketCounters.INVALID_DROPPED, PacketCounters.LOCALHOST_NODE_PORTS);

    private Wanted() {}

    /** @param changes all objects, none of which was taken */
    static Ruleset of(ChangeTracker tracker, ProxyOptions options, IpFamily family, List<IpAddress> local) {
        ChangeTracker.Changes changes = tracker.take();
        Node node = changes.node();
        NodeState state = NodeState.of(options, family, node, local);
        StateTable table = new StateTable(family, state);
        ServiceStates states = new ServiceStates(family, state);
        changes.services().forEach(snapshot -> table.put(snapshot.key(),
                snapshot.service().flatMap(service -> states.of(service, snapshot.slices()))));
        return Ruleset.of(table, RuleOptions.of(options, state, family, COUNTERS), LargeCluster.DEFAULT);
    }
}
