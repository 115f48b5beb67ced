package dev.fairway.proxy.model;

import dev.fairway.kube.ObjectKey;

/**
 * Why an object, or a part of it, is set aside.
 *
 * @param uid the object's, empty if it has none
 * @param field path such as {@code spec.ports[0].port}
 */
public record Rejection(String kind, ObjectKey key, String uid, String field, String reason) {
    /** One line, whatever the object's name is: it stands in logs. */
    @Override
    public String toString() {
        return kind + " " + key.toString().replaceAll("\\p{Cntrl}", "?") + ": " + field + ": " + reason;
    }
}
