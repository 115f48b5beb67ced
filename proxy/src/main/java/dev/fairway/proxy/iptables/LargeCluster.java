package dev.fairway.proxy.iptables;

import dev.fairway.proxy.state.DesiredState;

/**
 * When a cluster is so large that the rules of endpoints go without comments, which are nearly half of their size.
 *
 * @param threshold the number of endpoints up to which they have comments
 */
record LargeCluster(int threshold) {
    /** As kube-proxy decides. */
    static final LargeCluster DEFAULT = new LargeCluster(1000);

    boolean is(DesiredState state) {
        return state.endpoints() > threshold;
    }
}
