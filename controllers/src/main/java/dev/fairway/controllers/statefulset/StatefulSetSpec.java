package dev.fairway.controllers.statefulset;

import dev.fairway.controllers.runtime.IntOrPercent;
import dev.fairway.kube.KubeObject;

/**
 * What a StatefulSet asks for.
 *
 * @param start the lowest ordinal
 * @param ordered one Pod after the other, or all at once
 * @param rolling whether Pods are replaced on a change, or only when somebody deletes them
 * @param partition ordinals below this one keep their revision
 * @param maxUnavailable how many Pods an update may take away at once
 */
record StatefulSetSpec(
        int start,
        int replicas,
        boolean ordered,
        boolean rolling,
        int partition,
        int maxUnavailable,
        long minReadySeconds) {

    static StatefulSetSpec of(KubeObject set) {
        int replicas = set.at("/spec/replicas").asInt(1);
        String rolling = "/spec/updateStrategy/rollingUpdate";
        return new StatefulSetSpec(
                set.at("/spec/ordinals/start").asInt(0),
                replicas,
                !set.string("/spec/podManagementPolicy").equals("Parallel"),
                !set.string("/spec/updateStrategy/type").equals("OnDelete"),
                set.at(rolling + "/partition").asInt(0),
                Math.max(1, IntOrPercent.resolve(set.at(rolling + "/maxUnavailable"), replicas, true, 1)),
                set.at("/spec/minReadySeconds").asLong(0));
    }

    boolean wants(int ordinal) {
        return ordinal >= start && ordinal < start + replicas;
    }
}
