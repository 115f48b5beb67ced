package dev.fairway.controllers.clusterroleaggregation;

import dev.fairway.controllers.runtime.Context;
import dev.fairway.controllers.runtime.Controller;
import dev.fairway.controllers.runtime.Statuses;
import dev.fairway.controllers.runtime.WriteFence;
import dev.fairway.kube.AggregatedRules;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ObjectKey;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.informer.Informer;
import dev.fairway.kube.informer.WorkQueue;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** Keeps the rules of every ClusterRole with an {@code aggregationRule}: the union of those that it selects. */
public final class ClusterRoleAggregation implements Controller {
    private static final ResourceType ROLES =
            new ResourceType("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", false);

    private final ApiClient client;
    private final Informer roles;
    private final WorkQueue<ObjectKey> queue = new WorkQueue<>("clusterrole-aggregation-controller");
    private final WriteFence fence = new WriteFence();

    public ClusterRoleAggregation(Context context) {
        this.client = context.client();
        this.roles = context.informer(ROLES);
        // Any role may be part of any aggregate; there are few of either.
        roles.onChange((before, after) -> roles.all().stream()
                .filter(AggregatedRules::aggregates)
                .forEach(role -> queue.add(role.key())));
    }

    @Override
    public void start() {
        queue.start(1, this::reconcile);
    }

    private void reconcile(ObjectKey key) throws InterruptedException {
        fence.await(key);
        Optional<KubeObject> found = roles.get(key).filter(AggregatedRules::aggregates);
        if (found.isEmpty()) {
            return;
        }
        ArrayNode rules = AggregatedRules.of(found.get(), roles.all());
        JsonNode present = found.get().at("/rules");
        if (!(rules.isEmpty() && present.isEmpty()) && !Statuses.same(rules, present)) {
            KubeObject changed = found.get().copy();
            changed.json().set("rules", rules);
            fence.wrote(key, roles, client.update(ROLES, changed));
        }
    }

    @Override
    public void close() {
        queue.close();
    }
}
