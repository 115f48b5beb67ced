package dev.fairway.apiserver.encode;

import dev.fairway.apiserver.registry.ResourceDefinition;
import tools.jackson.databind.node.ObjectNode;

/** Between the version objects are stored in and the one a client speaks. Only Events differ in more than the name. */
public final class Conversions {
    private Conversions() {
    }

    /** Turns a tree in whatever version it is into a version of a resource, in place. */
    public static ObjectNode convert(ObjectNode object, ResourceDefinition resource, String version) {
        String wanted = resource.apiVersion(version);
        String actual = object.path("apiVersion").asString("");
        if (!actual.equals(wanted)) {
            if (resource.plural().equals("events") && resource.storageGroup().isEmpty()) {
                if (wanted.equals("v1")) {
                    Events.toCore(object);
                } else if (actual.equals("v1")) {
                    Events.toEventsGroup(object);
                }
            }
            object.put("apiVersion", wanted);
        }
        return object;
    }

    /** The version in which a resource is stored, as apiVersion. */
    public static String storageApiVersion(ResourceDefinition resource) {
        return resource.storageGroup().equals(resource.group()) ? resource.apiVersion(resource.storageVersion())
                : resource.storageVersion();
    }

    /** Turns a tree into the stored version of its resource, in place. */
    public static ObjectNode toStorage(ObjectNode object, ResourceDefinition resource) {
        String wanted = storageApiVersion(resource);
        if (!object.path("apiVersion").asString("").equals(wanted)) {
            if (!resource.storageGroup().equals(resource.group())) {
                Events.toCore(object);
            }
            object.put("apiVersion", wanted);
        }
        return object;
    }

    /** Events as core/v1 and as events.k8s.io/v1: the same facts under other names. */
    private static final class Events {
        private static final String[][] RENAMED = {
            // core/v1, events.k8s.io/v1
            {"involvedObject", "regarding"},
            {"message", "note"},
            {"reportingComponent", "reportingController"},
            {"source", "deprecatedSource"},
            {"firstTimestamp", "deprecatedFirstTimestamp"},
            {"lastTimestamp", "deprecatedLastTimestamp"},
            {"count", "deprecatedCount"},
        };

        private Events() {
        }

        static void toCore(ObjectNode event) {
            rename(event, 1, 0);
        }

        static void toEventsGroup(ObjectNode event) {
            rename(event, 0, 1);
        }

        private static void rename(ObjectNode event, int from, int to) {
            for (String[] names : RENAMED) {
                var value = event.remove(names[from]);
                if (value != null) {
                    event.set(names[to], value);
                }
            }
        }
    }
}
