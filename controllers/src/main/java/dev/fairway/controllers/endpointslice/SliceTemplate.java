package dev.fairway.controllers.endpointslice;

import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.OwnerReference;
import dev.fairway.kube.ResourceType;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the slices of one owner have in common.
 *
 * @param owner the Service, or the Endpoints object that is mirrored
 * @param labels all labels of a slice
 * @param annotations annotations of a slice, without the trigger time
 */
public record SliceTemplate(KubeObject owner, Map<String, String> labels, Map<String, String> annotations) {
    public static final String SERVICE_NAME = "kubernetes.io/service-name";
    public static final String MANAGED_BY = "endpointslice.kubernetes.io/managed-by";
    public static final String CONTROLLER = "endpointslice-controller.k8s.io";
    public static final String TRIGGER_TIME = "endpoints.kubernetes.io/last-change-trigger-time";
    public static final String HEADLESS = "service.kubernetes.io/headless";

    /** The slices of a Service carry its labels and those by which consumers find them. */
    static SliceTemplate ofService(KubeObject service) {
        Map<String, String> labels = new TreeMap<>(service.labels());
        labels.keySet().removeAll(Set.of(SERVICE_NAME, MANAGED_BY, HEADLESS));
        labels.put(SERVICE_NAME, service.name());
        labels.put(MANAGED_BY, CONTROLLER);
        if (ServiceEndpoints.headless(service)) {
            labels.put(HEADLESS, "");
        }
        return new SliceTemplate(service, labels, Map.of());
    }

    boolean owns(KubeObject slice) {
        return slice.controllerRef().filter(ref -> ref.uid().equals(owner.uid())).isPresent();
    }

    /** Labels and annotations are as they should be; the trigger time is not looked at. */
    boolean matches(KubeObject slice) {
        Map<String, String> present = new TreeMap<>(slice.annotations());
        present.remove(TRIGGER_TIME);
        return slice.labels().equals(labels) && present.equals(annotations);
    }

    /** A new slice, its name left to the server. */
    KubeObject slice(AddressType type, List<EndpointPort> ports, List<ObjectNode> endpoints) {
        KubeObject slice = KubeObject.of(ResourceType.ENDPOINT_SLICES, owner.namespace(), "");
        slice.metadata().put("generateName", owner.name() + "-");
        decorate(slice);
        slice.metadata().putArray("ownerReferences").add(OwnerReference.controllerOf(owner).json());
        slice.json().put("addressType", type.name());
        slice.json().set("endpoints", array(endpoints));
        slice.json().set("ports", EndpointPort.json(ports));
        return slice;
    }

    /** An existing slice with other endpoints. */
    KubeObject with(KubeObject slice, List<ObjectNode> endpoints) {
        KubeObject copy = slice.copy();
        decorate(copy);
        copy.json().set("endpoints", array(endpoints));
        return copy;
    }

    /** An existing slice with the content of a new one; null where it has that already. */
    KubeObject reuse(KubeObject existing, KubeObject wanted) {
        if (matches(existing)
                && existing.at("/endpoints").isEmpty() && wanted.at("/endpoints").isEmpty()
                && EndpointPort.list(existing.at("/ports")).equals(EndpointPort.list(wanted.at("/ports")))) {
            return null;
        }
        KubeObject copy = existing.copy();
        decorate(copy);
        copy.json().set("endpoints", wanted.at("/endpoints"));
        copy.json().set("ports", wanted.at("/ports"));
        return copy;
    }

    private void decorate(KubeObject slice) {
        ObjectNode metadata = slice.metadata();
        ObjectNode into = metadata.putObject("labels");
        labels.forEach(into::put);
        metadata.remove("annotations");
        if (!annotations.isEmpty()) {
            ObjectNode notes = metadata.putObject("annotations");
            annotations.forEach(notes::put);
        }
    }

    private static ArrayNode array(List<ObjectNode> endpoints) {
        ArrayNode array = Json.mapper().createArrayNode();
        endpoints.forEach(array::add);
        return array;
    }
}
