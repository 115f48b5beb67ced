package dev.fairway.controllers.garbagecollector;

import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ObjectKey;
import dev.fairway.kube.ResourceType;

/** One object that the collector has to look at. */
record Item(ResourceType type, ObjectKey key, String uid) {
    static Item of(ResourceType type, KubeObject object) {
        return new Item(type, object.key(), object.uid());
    }
}
