package dev.fairway.apiserver.authz;

import dev.fairway.apiserver.registry.ServerContext;
import dev.fairway.apiserver.request.Attributes;
import dev.fairway.apiserver.user.UserInfo;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.informer.Informer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;

/**
 * Role-based access control. Members of {@code system:masters} may do everything; for all others the roles bound to
 * them are added up. It follows the roles by watching them, so that a change counts within milliseconds, on every
 * server of a store.
 */
public final class RbacAuthorizer implements Authorizer, AutoCloseable {
    static final String GROUP = "rbac.authorization.k8s.io";
    static final ResourceType ROLES = new ResourceType(GROUP, "v1", "roles", "Role", true);
    static final ResourceType CLUSTER_ROLES = new ResourceType(GROUP, "v1", "clusterroles", "ClusterRole", false);
    static final ResourceType ROLE_BINDINGS = new ResourceType(GROUP, "v1", "rolebindings", "RoleBinding", true);
    static final ResourceType CLUSTER_ROLE_BINDINGS =
            new ResourceType(GROUP, "v1", "clusterrolebindings", "ClusterRoleBinding", false);

    /** How long a first request waits for the roles to be read. */
    private static final Duration START = Duration.ofSeconds(10);

    private final ServerContext server;
    private List<Informer> informers = List.of();
    private final AtomicLong changes = new AtomicLong();
    private volatile Current current;

    /** A policy, and how many changes had been heard of when it was made. */
    private record Current(long changes, RbacPolicy policy) {
    }

    private RbacAuthorizer(ServerContext server) {
        this.server = server;
    }

    /** The one of a server; it reads nothing before somebody needs it. */
    public static RbacAuthorizer of(ServerContext server) {
        return server.shared(RbacAuthorizer.class, RbacAuthorizer::new);
    }

    @Override
    public Decision authorize(Attributes wanted) {
        if (wanted.user().groups().contains(UserInfo.MASTERS)) {
            return Decision.ALLOWED;
        }
        return policy().allows(wanted).map(why -> new Decision(true, "RBAC: allowed by " + why)).orElse(Decision.DENIED);
    }

    /** What a user may do in a namespace, cluster-wide rights included. */
    public List<PolicyRule> rules(UserInfo user, String namespace) {
        List<PolicyRule> rules = new ArrayList<>();
        if (user.groups().contains(UserInfo.MASTERS)) {
            rules.add(new PolicyRule(Set.of("*"), Set.of("*"), Set.of("*"), Set.of(), Set.of()));
            rules.add(new PolicyRule(Set.of("*"), Set.of(), Set.of(), Set.of(), Set.of("*")));
        }
        rules.addAll(policy().rules(user, namespace));
        return rules;
    }

    /** The pieces of {@code rules} that a user does not have in a namespace. */
    List<PolicyRule> missing(UserInfo user, String namespace, List<PolicyRule> rules) {
        List<PolicyRule> own = rules(user, namespace);
        return rules.stream().flatMap(rule -> rule.pieces().stream())
                .filter(piece -> own.stream().noneMatch(has -> has.coversPiece(piece))).toList();
    }

    private RbacPolicy policy() {
        Current known = current;
        return known != null && known.changes() == changes.get() ? known.policy() : rebuild();
    }

    private synchronized RbacPolicy rebuild() {
        follow();
        Current known = current;
        // Counted before the objects are read: a change meanwhile makes what is built here out of date at once.
        long before = changes.get();
        if (known == null || known.changes() != before) {
            known = new Current(before, new RbacPolicy(objects(0), objects(1), objects(2), objects(3)));
            current = known;
        }
        return known.policy();
    }

    private Collection<? extends JsonNode> objects(int informer) {
        return informers.get(informer).all().stream().map(KubeObject::json).toList();
    }

    private void follow() {
        if (informers.isEmpty()) {
            ApiClient client = new ApiClient(server.transport());
            informers = List.of(ROLES, CLUSTER_ROLES, ROLE_BINDINGS, CLUSTER_ROLE_BINDINGS).stream()
                    .map(type -> new Informer(client, type).onChange((before, after) -> changes.incrementAndGet()).start())
                    .toList();
            server.closeWith(this);
        }
        try {
            for (Informer informer : informers) {
                if (!informer.awaitSynced(START)) {
                    throw new IllegalStateException("the roles could not be read within " + START);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while reading the roles", e);
        }
    }

    @Override
    public void close() {
        informers.forEach(Informer::close);
    }
}
