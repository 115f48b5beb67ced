package dev.fairway.apiserver.builtin;

import dev.fairway.apiserver.kinds.EndpointStrategy;
import dev.fairway.apiserver.kinds.NamespaceStrategy;
import dev.fairway.apiserver.kinds.SecretStrategy;
import dev.fairway.apiserver.kinds.access.AccessReview;
import dev.fairway.apiserver.kinds.access.RoleBindingStrategy;
import dev.fairway.apiserver.kinds.access.RoleStrategy;
import dev.fairway.apiserver.kinds.access.RulesReview;
import dev.fairway.apiserver.kinds.access.SelfReview;
import dev.fairway.apiserver.kinds.access.ServiceAccountStrategy;
import dev.fairway.apiserver.kinds.access.TokenReview;
import dev.fairway.apiserver.kinds.plain.PlainRules;
import dev.fairway.apiserver.kinds.service.ServiceStrategy;
import dev.fairway.apiserver.kinds.workload.PodStrategy;
import dev.fairway.apiserver.kinds.workload.WorkloadStrategy;
import dev.fairway.apiserver.registry.Strategy;

/** Finds the rules of a built-in kind. */
final class Strategies {
    private Strategies() {
    }

    /** The rules of a kind by its storage group and plural; {@link Strategy#GENERIC} for a plain one. */
    static Strategy of(String group, String plural) {
        return switch (group + "/" + plural) {
            case "/services" -> new ServiceStrategy();
            case "/pods" -> new PodStrategy();
            case "/namespaces" -> new NamespaceStrategy();
            case "/secrets" -> SecretStrategy.forSecrets();
            case "/configmaps" -> SecretStrategy.forConfigMaps();
            case "/endpoints" -> new EndpointStrategy.Whole();
            case "/replicationcontrollers" -> new WorkloadStrategy(WorkloadStrategy.Kind.REPLICATION_CONTROLLER);
            case "discovery.k8s.io/endpointslices" -> new EndpointStrategy.Slices();
            case "apps/deployments" -> new WorkloadStrategy(WorkloadStrategy.Kind.DEPLOYMENT);
            case "apps/replicasets" -> new WorkloadStrategy(WorkloadStrategy.Kind.REPLICA_SET);
            case "apps/statefulsets" -> new WorkloadStrategy(WorkloadStrategy.Kind.STATEFUL_SET);
            case "apps/daemonsets" -> new WorkloadStrategy(WorkloadStrategy.Kind.DAEMON_SET);
            case "/serviceaccounts" -> new ServiceAccountStrategy();
            case "rbac.authorization.k8s.io/roles", "rbac.authorization.k8s.io/clusterroles" -> new RoleStrategy();
            case "rbac.authorization.k8s.io/rolebindings", "rbac.authorization.k8s.io/clusterrolebindings" ->
                    new RoleBindingStrategy();
            case "authentication.k8s.io/tokenreviews" -> new TokenReview();
            case "authentication.k8s.io/selfsubjectreviews" -> new SelfReview();
            case "authorization.k8s.io/selfsubjectaccessreviews" -> new AccessReview(AccessReview.About.SELF);
            case "authorization.k8s.io/subjectaccessreviews" -> new AccessReview(AccessReview.About.ANYBODY);
            case "authorization.k8s.io/localsubjectaccessreviews" ->
                    new AccessReview(AccessReview.About.ANYBODY_IN_NAMESPACE);
            case "authorization.k8s.io/selfsubjectrulesreviews" -> new RulesReview();
            default -> PlainRules.of(group, plural);
        };
    }
}
