package dev.fairway.apiserver.table;

import dev.fairway.apiserver.registry.TablePrinter;
import java.util.Map;

/** Finds the columns of a built-in kind. */
public final class Printers {
    private static final Map<String, TablePrinter> BY_RESOURCE = Map.ofEntries(
            Map.entry("pods", CoreTables.POD),
            Map.entry("podtemplates", CoreTables.POD_TEMPLATE),
            Map.entry("nodes", CoreTables.NODE),
            Map.entry("namespaces", CoreTables.NAMESPACE),
            Map.entry("configmaps", CoreTables.CONFIG_MAP),
            Map.entry("secrets", CoreTables.SECRET),
            Map.entry("events", CoreTables.EVENT),
            Map.entry("events.events.k8s.io", CoreTables.EVENT),
            Map.entry("resourcequotas", CoreTables.RESOURCE_QUOTA),
            Map.entry("limitranges", OtherTables.NAME_AND_CREATION),
            Map.entry("services", NetworkTables.SERVICE),
            Map.entry("endpoints", NetworkTables.ENDPOINTS),
            Map.entry("persistentvolumes", OtherTables.PERSISTENT_VOLUME),
            Map.entry("persistentvolumeclaims", OtherTables.PERSISTENT_VOLUME_CLAIM),
            Map.entry("replicationcontrollers", WorkloadTables.REPLICATION_CONTROLLER),
            Map.entry("deployments.apps", WorkloadTables.DEPLOYMENT),
            Map.entry("replicasets.apps", WorkloadTables.REPLICA_SET),
            Map.entry("statefulsets.apps", WorkloadTables.STATEFUL_SET),
            Map.entry("daemonsets.apps", WorkloadTables.DAEMON_SET),
            Map.entry("controllerrevisions.apps", WorkloadTables.CONTROLLER_REVISION),
            Map.entry("jobs.batch", WorkloadTables.JOB),
            Map.entry("cronjobs.batch", WorkloadTables.CRON_JOB),
            Map.entry("endpointslices.discovery.k8s.io", NetworkTables.ENDPOINT_SLICE),
            Map.entry("ingresses.networking.k8s.io", NetworkTables.INGRESS),
            Map.entry("ingressclasses.networking.k8s.io", NetworkTables.INGRESS_CLASS),
            Map.entry("networkpolicies.networking.k8s.io", NetworkTables.NETWORK_POLICY),
            Map.entry("servicecidrs.networking.k8s.io", NetworkTables.SERVICE_CIDR),
            Map.entry("ipaddresses.networking.k8s.io", NetworkTables.IP_ADDRESS),
            Map.entry("poddisruptionbudgets.policy", OtherTables.POD_DISRUPTION_BUDGET),
            Map.entry("priorityclasses.scheduling.k8s.io", OtherTables.PRIORITY_CLASS),
            Map.entry("storageclasses.storage.k8s.io", OtherTables.STORAGE_CLASS),
            Map.entry("leases.coordination.k8s.io", OtherTables.LEASE),
            Map.entry("certificatesigningrequests.certificates.k8s.io", OtherTables.CERTIFICATE_SIGNING_REQUEST),
            Map.entry("roles.rbac.authorization.k8s.io", OtherTables.NAME_AND_CREATION),
            Map.entry("clusterroles.rbac.authorization.k8s.io", OtherTables.NAME_AND_CREATION),
            Map.entry("rolebindings.rbac.authorization.k8s.io", OtherTables.BINDING_OF_ROLE),
            Map.entry("clusterrolebindings.rbac.authorization.k8s.io", OtherTables.BINDING_OF_ROLE),
            Map.entry("customresourcedefinitions.apiextensions.k8s.io", OtherTables.NAME_AND_CREATION));

    private Printers() {
    }

    /** The columns of a kind by its storage group and plural; name and age for one without columns of its own. */
    public static TablePrinter of(String group, String plural) {
        return BY_RESOURCE.getOrDefault(group.isEmpty() ? plural : plural + "." + group, OtherTables.NAME_AND_AGE);
    }
}
