package dev.fairway.proxy.iptables;

import java.util.Set;

/** The nfacct objects that rules count packets in. They outlive rules, and the metrics read them. */
@FunctionalInterface
public interface PacketCounters {
    /** Packets that were dropped since conntrack calls them invalid. */
    String INVALID_DROPPED = "ct_state_invalid_dropped_pkts";
    /** Packets to node ports on 127.0.0.1. */
    String LOCALHOST_NODE_PORTS = "localhost_nps_accepted_pkts";

    /** A kernel without nfacct: rules then do without counting. */
    PacketCounters NONE = names -> Set.of();

    /** Makes objects of these names where they are missing, and answers with those that there are then. */
    Set<String> ensure(Set<String> names);
}
