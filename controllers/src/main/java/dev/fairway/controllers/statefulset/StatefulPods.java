package dev.fairway.controllers.statefulset;

import dev.fairway.controllers.pods.Pods;
import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The Pods of a StatefulSet: their names, their identity and the claims that belong to them. */
final class StatefulPods {
    static final String REVISION_LABEL = "controller-revision-hash";
    static final ResourceType CLAIMS =
            new ResourceType("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", true);
    private static final String NAME_LABEL = "statefulset.kubernetes.io/pod-name";
    private static final String INDEX_LABEL = "apps.kubernetes.io/pod-index";

    private StatefulPods() {}

    static String name(KubeObject set, int ordinal) {
        return set.name() + "-" + ordinal;
    }

    /** The ordinal in a Pod's name; empty where the name is not one of the set's. */
    static OptionalInt ordinal(KubeObject set, String podName) {
        String prefix = set.name() + "-";
        if (!podName.startsWith(prefix)) {
            return OptionalInt.empty();
        }
        String rest = podName.substring(prefix.length());
        boolean number = !rest.isEmpty() && rest.length() < 10 && rest.chars().allMatch(Character::isDigit);
        return number ? OptionalInt.of(Integer.parseInt(rest)) : OptionalInt.empty();
    }

    static String revision(KubeObject pod) {
        return pod.labels().getOrDefault(REVISION_LABEL, "");
    }

    /** @param template the Pod template of {@code revision}, not necessarily the set's own */
    static KubeObject pod(KubeObject set, int ordinal, JsonNode template, String revision) {
        String name = name(set, ordinal);
        KubeObject pod = Pods.fromTemplate(template, set);
        pod.metadata().put("name", name);
        ObjectNode labels = pod.metadata().withObject("/labels");
        labels.put(NAME_LABEL, name);
        labels.put(INDEX_LABEL, Integer.toString(ordinal));
        labels.put(REVISION_LABEL, revision);
        pod.spec().put("hostname", name);
        String service = set.string("/spec/serviceName");
        if (!service.isEmpty()) {
            pod.spec().put("subdomain", service);
        }
        mountClaims(set, ordinal, pod);
        return pod;
    }

    private static void mountClaims(KubeObject set, int ordinal, KubeObject pod) {
        List<KubeObject> claims = claims(set, ordinal);
        if (claims.isEmpty()) {
            return;
        }
        ArrayNode volumes = Json.mapper().createArrayNode();
        List<String> names = new ArrayList<>();
        for (JsonNode template : set.at("/spec/volumeClaimTemplates")) {
            String volume = template.at("/metadata/name").asString("");
            names.add(volume);
            volumes.addObject().put("name", volume)
                    .putObject("persistentVolumeClaim").put("claimName", claimName(set, ordinal, volume));
        }
        pod.at("/spec/volumes").forEach(volume -> {
            if (!names.contains(volume.path("name").asString(""))) {
                volumes.add(volume);
            }
        });
        pod.spec().set("volumes", volumes);
    }

    private static String claimName(KubeObject set, int ordinal, String volume) {
        return volume + "-" + name(set, ordinal);
    }

    /** Whether a claim is one of the set's Pods'. */
    static boolean owns(KubeObject set, String claim) {
        return set.at("/spec/volumeClaimTemplates").valueStream().map(template -> template.at("/metadata/name").asString("") + "-")
                .anyMatch(start -> claim.startsWith(start) && ordinal(set, claim.substring(start.length())).isPresent());
    }

    /** The claims of one Pod; without a retention policy they outlive it. */
    static List<KubeObject> claims(KubeObject set, int ordinal) {
        List<KubeObject> claims = new ArrayList<>();
        for (JsonNode template : set.at("/spec/volumeClaimTemplates")) {
            String volume = template.at("/metadata/name").asString("");
            KubeObject claim = KubeObject.of(CLAIMS, set.namespace(), claimName(set, ordinal, volume));
            ObjectNode labels = claim.metadata().putObject("labels");
            KubeObject.strings(template.at("/metadata/labels")).forEach(labels::put);
            KubeObject.strings(set.at("/spec/selector/matchLabels")).forEach(labels::put);
            if (template.at("/metadata/annotations") instanceof ObjectNode annotations) {
                claim.metadata().set("annotations", annotations.deepCopy());
            }
            claim.json().set("spec", template.path("spec").deepCopy());
            claims.add(claim);
        }
        return claims;
    }
}
