package dev.fairway.kube;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One Kubernetes object: its JSON tree, with the metadata that every kind shares under their own names.
 *
 * <p>Objects that come out of an informer are shared: {@link #copy()} before changing one.
 */
public final class KubeObject {
    private final ObjectNode json;

    public KubeObject(ObjectNode json) {
        this.json = Objects.requireNonNull(json);
    }

    /** A new object with type and names set and nothing else. */
    public static KubeObject of(ResourceType type, String namespace, String name) {
        ObjectNode json = Json.object();
        json.put("apiVersion", type.apiVersion()).put("kind", type.kind());
        ObjectNode metadata = json.putObject("metadata");
        if (!name.isEmpty()) {
            metadata.put("name", name);
        }
        if (type.namespaced()) {
            metadata.put("namespace", namespace);
        }
        return new KubeObject(json);
    }

    public static KubeObject parse(byte[] bytes) {
        return new KubeObject(Json.parseObject(bytes));
    }

    public static KubeObject parse(String text) {
        return new KubeObject(Json.parseObject(text));
    }

    public ObjectNode json() {
        return json;
    }

    public KubeObject copy() {
        return new KubeObject(json.deepCopy());
    }

    public String apiVersion() {
        return json.path("apiVersion").asString("");
    }

    public String kind() {
        return json.path("kind").asString("");
    }

    /** The metadata object, made if absent. */
    public ObjectNode metadata() {
        return child("metadata");
    }

    /** The spec object, made if absent. */
    public ObjectNode spec() {
        return child("spec");
    }

    /** The status object, made if absent. */
    public ObjectNode status() {
        return child("status");
    }

    private ObjectNode child(String field) {
        return json.get(field) instanceof ObjectNode object ? object : json.putObject(field);
    }

    public String name() {
        return meta("name");
    }

    /** The namespace, empty for a cluster-scoped object. */
    public String namespace() {
        return meta("namespace");
    }

    public ObjectKey key() {
        return new ObjectKey(namespace(), name());
    }

    public String uid() {
        return meta("uid");
    }

    public String resourceVersion() {
        return meta("resourceVersion");
    }

    public long generation() {
        return json.path("metadata").path("generation").asLong(0);
    }

    public Optional<Instant> creationTimestamp() {
        return instant("/metadata/creationTimestamp");
    }

    public Optional<Instant> deletionTimestamp() {
        return instant("/metadata/deletionTimestamp");
    }

    public boolean deleting() {
        return json.path("metadata").hasNonNull("deletionTimestamp");
    }

    public Map<String, String> labels() {
        return strings(json.path("metadata").path("labels"));
    }

    public Map<String, String> annotations() {
        return strings(json.path("metadata").path("annotations"));
    }

    public List<String> finalizers() {
        return strings(json.path("metadata").path("finalizers"), new ArrayList<>());
    }

    public List<OwnerReference> ownerReferences() {
        List<OwnerReference> owners = new ArrayList<>();
        json.path("metadata").path("ownerReferences").forEach(node -> owners.add(OwnerReference.of(node)));
        return owners;
    }

    /** The owner reference with {@code controller: true}, if there is one. */
    public Optional<OwnerReference> controllerRef() {
        return ownerReferences().stream().filter(OwnerReference::controller).findFirst();
    }

    /** The node at a JSON pointer such as {@code /spec/replicas}; a missing node where there is none. */
    public JsonNode at(String pointer) {
        return json.at(pointer);
    }

    public String string(String pointer) {
        return json.at(pointer).asString("");
    }

    /** An RFC 3339 time at a JSON pointer; empty where there is none or it does not parse. */
    public Optional<Instant> instant(String pointer) {
        return Times.parse(string(pointer));
    }

    public byte[] bytes() {
        return Json.bytes(json);
    }

    private String meta(String field) {
        return json.path("metadata").path(field).asString("");
    }

    /** A JSON object of strings as a map in its own order; other values are left out. */
    public static Map<String, String> strings(JsonNode node) {
        Map<String, String> map = new LinkedHashMap<>();
        node.properties().forEach(entry -> {
            if (entry.getValue().isString()) {
                map.put(entry.getKey(), entry.getValue().stringValue());
            }
        });
        return map;
    }

    private static List<String> strings(JsonNode array, List<String> into) {
        array.forEach(node -> into.add(node.asString("")));
        return into;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KubeObject object && json.equals(object.json);
    }

    @Override
    public int hashCode() {
        return json.hashCode();
    }

    /** Kind, key and version only: an object's content may be secret. */
    @Override
    public String toString() {
        return kind() + " " + key() + "@" + resourceVersion();
    }
}
