package dev.fairway.controllers.replicaset;

import dev.fairway.kube.KubeObject;
import dev.fairway.kube.LabelSelector;
import dev.fairway.kube.ResourceType;
import java.util.function.Function;

/**
 * The two kinds that keep a number of Pods, and where they differ.
 *
 * @param component who their Events come from
 */
public record ReplicaKind(ResourceType type, String component, Function<KubeObject, LabelSelector> selector) {
    public static final ReplicaKind REPLICA_SET = new ReplicaKind(ResourceType.REPLICA_SETS, "replicaset-controller",
            set -> LabelSelector.ofJson(set.at("/spec/selector")));
    public static final ReplicaKind REPLICATION_CONTROLLER =
            new ReplicaKind(ResourceType.REPLICATION_CONTROLLERS, "replication-controller",
                    set -> LabelSelector.ofMap(KubeObject.strings(set.at("/spec/selector"))));

    LabelSelector selectorOf(KubeObject set) {
        return selector.apply(set);
    }

    boolean owns(dev.fairway.kube.OwnerReference owner) {
        return owner.kind().equals(type.kind()) && owner.apiVersion().equals(type.apiVersion());
    }
}
