package dev.fairway.cluster;

import java.util.List;

/**
 * What a running cluster tells other processes.
 *
 * @param pid of the process that holds it
 * @param apiServer its URL
 * @param kubeconfig path of the file that grants access
 * @param nodes its nodes
 * @param outside the network namespace of a client outside the cluster, on the nodes' wire; empty without nodes
 */
public record RunState(long pid, String apiServer, String kubeconfig, List<NodeState> nodes, String outside) {
    /**
     * One node.
     *
     * @param name the Node object's name
     * @param namespace the network namespace that is this node
     * @param address its InternalIP
     * @param podCidr where its Pods' addresses come from
     */
    public record NodeState(String name, String namespace, String address, String podCidr) {}
}
