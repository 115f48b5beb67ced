package dev.fairway.apiserver.builtin;

import static dev.fairway.apiserver.registry.ResourceDefinition.named;
import static dev.fairway.apiserver.registry.Subresource.BINDING;
import static dev.fairway.apiserver.registry.Subresource.EPHEMERALCONTAINERS;
import static dev.fairway.apiserver.registry.Subresource.EVICTION;
import static dev.fairway.apiserver.registry.Subresource.FINALIZE;
import static dev.fairway.apiserver.registry.Subresource.LOG;
import static dev.fairway.apiserver.registry.Subresource.RESIZE;
import static dev.fairway.apiserver.registry.Subresource.TOKEN;

import dev.fairway.apiserver.crd.CrdStrategy;
import dev.fairway.apiserver.registry.NameRule;
import dev.fairway.apiserver.registry.ObjectSchema;
import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.apiserver.registry.ScalePaths;
import dev.fairway.apiserver.registry.Strategy;
import dev.fairway.apiserver.registry.Subresource;
import dev.fairway.apiserver.registry.Verb;
import dev.fairway.apiserver.table.Printers;
import dev.fairway.apiserver.typed.BuiltinSchema;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The table of built-in kinds. A plain kind is one row here; its schema comes from the one schema source. */
public final class BuiltinResources {
    private static final Set<Verb> NO_DELETECOLLECTION = EnumSet.complementOf(EnumSet.of(Verb.DELETECOLLECTION));
    private static final Set<Verb> CREATE_ONLY = EnumSet.of(Verb.CREATE);

    private static final Map<String, String> EVENT_FIELDS = Map.ofEntries(
            Map.entry("involvedObject.kind", ""), Map.entry("involvedObject.namespace", ""),
            Map.entry("involvedObject.name", ""), Map.entry("involvedObject.uid", ""),
            Map.entry("involvedObject.apiVersion", ""), Map.entry("involvedObject.resourceVersion", ""),
            Map.entry("involvedObject.fieldPath", ""), Map.entry("reason", ""), Map.entry("reportingComponent", ""),
            Map.entry("source", ""), Map.entry("type", ""));

    private BuiltinResources() {
    }

    /** All rows, in the order in which discovery lists them. */
    public static List<ResourceDefinition> all() {
        return Stream.of(core(), apps(), batch(), certificates(), networking(), policy(), rbac(), others(), reviews())
                .flatMap(List::stream)
                .map(BuiltinResources::withRules)
                .toList();
    }

    private static ResourceDefinition withRules(ResourceDefinition.Builder row) {
        ResourceDefinition plain = row.build();
        return row.schemas(version -> BuiltinSchema.of(plain.apiVersion(version), plain.kind()).orElse(ObjectSchema.NONE))
                .strategy(() -> strategy(plain.storageGroup(), plain.plural()))
                .printer(() -> Printers.of(plain.storageGroup(), plain.plural()))
                .build();
    }

    private static List<ResourceDefinition.Builder> core() {
        return List.of(
                named("", "v1", "bindings", "Binding").verbs(CREATE_ONLY),
                named("", "v1", "configmaps", "ConfigMap").shortNames("cm"),
                named("", "v1", "endpoints", "Endpoints").singular("endpoints").shortNames("ep"),
                named("", "v1", "events", "Event").shortNames("ev").selectable(EVENT_FIELDS),
                named("", "v1", "limitranges", "LimitRange").shortNames("limits"),
                named("", "v1", "namespaces", "Namespace").clusterScoped().shortNames("ns")
                        .verbs(NO_DELETECOLLECTION).status().subresources(FINALIZE)
                        .nameRule(NameRule.DNS_LABEL).selectable(Map.of("status.phase", "")),
                named("", "v1", "nodes", "Node").clusterScoped().shortNames("no").status().statusOnCreate()
                        .selectable(Map.of("spec.unschedulable", "false")),
                named("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim").shortNames("pvc").status(),
                named("", "v1", "persistentvolumes", "PersistentVolume").clusterScoped().shortNames("pv").status(),
                named("", "v1", "pods", "Pod").shortNames("po").categories("all").status().generation()
                        .subresources(BINDING, EPHEMERALCONTAINERS, EVICTION, LOG, RESIZE)
                        .selectable(Map.of("spec.nodeName", "", "spec.restartPolicy", "", "spec.schedulerName", "",
                                "spec.serviceAccountName", "", "spec.hostNetwork", "false", "status.phase", "",
                                "status.podIP", "", "status.nominatedNodeName", "")),
                named("", "v1", "podtemplates", "PodTemplate"),
                named("", "v1", "replicationcontrollers", "ReplicationController").shortNames("rc").categories("all").generation()
                        .status().scale(ScalePaths.WORKLOAD).selectable(Map.of("status.replicas", "0")),
                named("", "v1", "resourcequotas", "ResourceQuota").shortNames("quota").status(),
                named("", "v1", "secrets", "Secret").selectable(Map.of("type", "")),
                named("", "v1", "serviceaccounts", "ServiceAccount").shortNames("sa").subresources(TOKEN),
                named("", "v1", "services", "Service").shortNames("svc").categories("all").status()
                        .nameRule(NameRule.DNS_1035_LABEL)
                        .selectable(Map.of("spec.clusterIP", "", "spec.type", "")));
    }

    private static List<ResourceDefinition.Builder> apps() {
        return List.of(
                named("apps", "v1", "controllerrevisions", "ControllerRevision"),
                named("apps", "v1", "daemonsets", "DaemonSet").shortNames("ds").categories("all").generation().status(),
                named("apps", "v1", "deployments", "Deployment").shortNames("deploy").categories("all").generation().status()
                        .scale(ScalePaths.WORKLOAD),
                named("apps", "v1", "replicasets", "ReplicaSet").shortNames("rs").categories("all").generation().status()
                        .scale(ScalePaths.WORKLOAD).selectable(Map.of("status.replicas", "0")),
                named("apps", "v1", "statefulsets", "StatefulSet").shortNames("sts").categories("all").generation().status()
                        .scale(ScalePaths.WORKLOAD));
    }

    private static List<ResourceDefinition.Builder> batch() {
        return List.of(
                named("batch", "v1", "cronjobs", "CronJob").shortNames("cj").categories("all").generation().status(),
                named("batch", "v1", "jobs", "Job").categories("all").generation().status()
                        .selectable(Map.of("status.successful", "0")));
    }

    private static List<ResourceDefinition.Builder> certificates() {
        return List.of(
                named("certificates.k8s.io", "v1", "certificatesigningrequests", "CertificateSigningRequest")
                        .clusterScoped().shortNames("csr").status().subresources(Subresource.APPROVAL)
                        .selectable(Map.of("spec.signerName", "")),
                named("coordination.k8s.io", "v1", "leases", "Lease"));
    }

    private static List<ResourceDefinition.Builder> networking() {
        return List.of(
                named("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice").generation(),
                named("events.k8s.io", "v1", "events", "Event").storedWith("").shortNames("ev").selectable(Map.of(
                        "reason", "", "regarding.kind", "", "regarding.namespace", "", "regarding.name", "",
                        "regarding.uid", "", "regarding.apiVersion", "", "regarding.resourceVersion", "",
                        "regarding.fieldPath", "", "reportingController", "", "type", "")),
                named("networking.k8s.io", "v1", "ingressclasses", "IngressClass").clusterScoped().generation(),
                named("networking.k8s.io", "v1", "ingresses", "Ingress").shortNames("ing").status().generation(),
                named("networking.k8s.io", "v1", "ipaddresses", "IPAddress").clusterScoped().shortNames("ip").nameRule(NameRule.PATH_SEGMENT)
                        .selectable(Map.of("spec.parentRef.namespace", "", "spec.parentRef.name", "",
                                "spec.parentRef.resource", "", "spec.parentRef.group", "")),
                named("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy").shortNames("netpol").generation(),
                named("networking.k8s.io", "v1", "servicecidrs", "ServiceCIDR").clusterScoped().status());
    }

    private static List<ResourceDefinition.Builder> policy() {
        return List.of(named("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget").shortNames("pdb").status().generation());
    }

    private static List<ResourceDefinition.Builder> rbac() {
        String group = "rbac.authorization.k8s.io";
        return List.of(
                named(group, "v1", "clusterrolebindings", "ClusterRoleBinding").clusterScoped()
                        .nameRule(NameRule.PATH_SEGMENT),
                named(group, "v1", "clusterroles", "ClusterRole").clusterScoped().nameRule(NameRule.PATH_SEGMENT),
                named(group, "v1", "rolebindings", "RoleBinding").nameRule(NameRule.PATH_SEGMENT),
                named(group, "v1", "roles", "Role").nameRule(NameRule.PATH_SEGMENT));
    }

    private static List<ResourceDefinition.Builder> others() {
        return List.of(
                named("scheduling.k8s.io", "v1", "priorityclasses", "PriorityClass").clusterScoped().shortNames("pc").generation(),
                named("storage.k8s.io", "v1", "storageclasses", "StorageClass").clusterScoped().shortNames("sc"),
                named("apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition")
                        .clusterScoped().shortNames("crd", "crds").categories("api-extensions").status().generation());
    }

    /** Kinds that are asked, not stored: their strategy answers a create. */
    private static List<ResourceDefinition.Builder> reviews() {
        String authz = "authorization.k8s.io";
        return List.of(
                named("authentication.k8s.io", "v1", "tokenreviews", "TokenReview").clusterScoped().verbs(CREATE_ONLY),
                named("authentication.k8s.io", "v1", "selfsubjectreviews", "SelfSubjectReview").clusterScoped()
                        .verbs(CREATE_ONLY),
                named(authz, "v1", "localsubjectaccessreviews", "LocalSubjectAccessReview").verbs(CREATE_ONLY),
                named(authz, "v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview").clusterScoped()
                        .verbs(CREATE_ONLY),
                named(authz, "v1", "selfsubjectrulesreviews", "SelfSubjectRulesReview").clusterScoped()
                        .verbs(CREATE_ONLY),
                named(authz, "v1", "subjectaccessreviews", "SubjectAccessReview").clusterScoped().verbs(CREATE_ONLY));
    }

    /** The kind that makes kinds has its rules with what it makes; all others are next to each other. */
    private static Strategy strategy(String group, String plural) {
        return group.equals("apiextensions.k8s.io") && plural.equals("customresourcedefinitions")
                ? new CrdStrategy() : Strategies.of(group, plural);
    }
}
