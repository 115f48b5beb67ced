package dev.fairway.kube;

/**
 * One resource as the API serves it: where it lives in the URL space and which kind it carries.
 *
 * @param group the API group, empty for the core group
 * @param version the version, such as {@code v1}
 * @param plural the plural resource name of the URL, such as {@code endpointslices}
 * @param kind the kind, such as {@code EndpointSlice}
 * @param namespaced whether objects live in a namespace
 */
public record ResourceType(String group, String version, String plural, String kind, boolean namespaced) {
    public static final ResourceType NAMESPACES = core("namespaces", "Namespace", false);
    public static final ResourceType NODES = core("nodes", "Node", false);
    public static final ResourceType PODS = core("pods", "Pod", true);
    public static final ResourceType SERVICES = core("services", "Service", true);
    public static final ResourceType ENDPOINTS = core("endpoints", "Endpoints", true);
    public static final ResourceType EVENTS = core("events", "Event", true);
    public static final ResourceType CONFIG_MAPS = core("configmaps", "ConfigMap", true);
    public static final ResourceType SECRETS = core("secrets", "Secret", true);
    public static final ResourceType SERVICE_ACCOUNTS = core("serviceaccounts", "ServiceAccount", true);
    public static final ResourceType REPLICATION_CONTROLLERS =
            core("replicationcontrollers", "ReplicationController", true);
    public static final ResourceType DEPLOYMENTS = new ResourceType("apps", "v1", "deployments", "Deployment", true);
    public static final ResourceType REPLICA_SETS = new ResourceType("apps", "v1", "replicasets", "ReplicaSet", true);
    public static final ResourceType STATEFUL_SETS =
            new ResourceType("apps", "v1", "statefulsets", "StatefulSet", true);
    public static final ResourceType DAEMON_SETS = new ResourceType("apps", "v1", "daemonsets", "DaemonSet", true);
    public static final ResourceType CONTROLLER_REVISIONS =
            new ResourceType("apps", "v1", "controllerrevisions", "ControllerRevision", true);
    public static final ResourceType ENDPOINT_SLICES =
            new ResourceType("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", true);
    public static final ResourceType LEASES = new ResourceType("coordination.k8s.io", "v1", "leases", "Lease", true);

    private static ResourceType core(String plural, String kind, boolean namespaced) {
        return new ResourceType("", "v1", plural, kind, namespaced);
    }

    /** {@code v1} for the core group, else {@code group/version}. */
    public String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** The collection's URL path; {@code namespace} empty means all namespaces or a cluster-scoped kind. */
    public String path(String namespace) {
        String root = group.isEmpty() ? "/api/" + version : "/apis/" + group + "/" + version;
        return namespaced && !namespace.isEmpty()
                ? root + "/namespaces/" + namespace + "/" + plural
                : root + "/" + plural;
    }

    /** One object's URL path. */
    public String path(String namespace, String name) {
        return path(namespace) + "/" + name;
    }

    @Override
    public String toString() {
        return group.isEmpty() ? plural : plural + "." + group;
    }
}
