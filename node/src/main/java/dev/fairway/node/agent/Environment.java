package dev.fairway.node.agent;

import dev.fairway.kube.KubeObject;
import dev.fairway.kube.Quantity;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.Query;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Resolves a container's environment: the Services that there are, plain values, references to fields, resources, ConfigMaps and
 * Secrets, {@code $(VAR)}.
 */
final class Environment {
    private static final Pattern REFERENCE = Pattern.compile("\\$\\$|\\$\\(([^)]+)\\)");
    private static final Pattern KEYED = Pattern.compile("metadata\\.(labels|annotations)\\['(.+)']");

    /** A reference that leads nowhere; its message names it. */
    static final class UnresolvedException extends Exception {
        UnresolvedException(String message) {
            super(message);
        }
    }

    private final ApiClient client;
    private final KubeObject pod;
    private final String podIp;
    private final String hostIp;

    Environment(ApiClient client, KubeObject pod, String podIp, String hostIp) {
        this.client = client;
        this.pod = pod;
        this.podIp = podIp;
        this.hostIp = hostIp;
    }

    Map<String, String> of(JsonNode container) throws UnresolvedException {
        Map<String, String> variables = new LinkedHashMap<>(ServiceEnvironment.of(services()));
        for (JsonNode source : container.path("envFrom")) {
            String prefix = source.path("prefix").asString("");
            for (String field : new String[] {"configMapRef", "secretRef"}) {
                if (source.hasNonNull(field)) {
                    all(field.equals("secretRef"), source.path(field)).forEach((key, value) -> variables.put(prefix + key, value));
                }
            }
        }
        for (JsonNode variable : container.path("env")) {
            String name = variable.path("name").asString("");
            if (variable.hasNonNull("valueFrom")) {
                from(container, variable.path("valueFrom")).ifPresent(value -> variables.put(name, value));
            } else {
                variables.put(name, expand(variable.path("value").asString(""), variables));
            }
        }
        return variables;
    }

    /** Those of the Pod's namespace, unless it wants none, and always the API server's own. */
    private List<KubeObject> services() {
        List<KubeObject> found = new ArrayList<>();
        client.find(ResourceType.SERVICES, "default", "kubernetes").ifPresent(found::add);
        if (pod.at("/spec/enableServiceLinks").asBoolean(true)) {
            found.addAll(client.list(ResourceType.SERVICES, pod.namespace(), Query.ALL).items());
        }
        return found;
    }

    /** Replaces {@code $(NAME)} by the variable's value; an unknown one stays as it is, {@code $$} is a dollar. */
    static String expand(String text, Map<String, String> variables) {
        Matcher matcher = REFERENCE.matcher(text);
        return matcher.replaceAll(match -> Matcher.quoteReplacement(
                match.group(1) == null ? "$" : variables.getOrDefault(match.group(1), match.group())));
    }

    private Optional<String> from(JsonNode container, JsonNode source) throws UnresolvedException {
        if (source.hasNonNull("fieldRef")) {
            return Optional.of(field(source.path("fieldRef").path("fieldPath").asString("")));
        }
        if (source.hasNonNull("resourceFieldRef")) {
            return Optional.of(amount(container, source.path("resourceFieldRef")));
        }
        boolean secret = source.hasNonNull("secretKeyRef");
        if (!secret && !source.hasNonNull("configMapKeyRef")) {
            throw new UnresolvedException("valueFrom: " + String.join(", ", source.propertyNames()) + " is not supported");
        }
        JsonNode reference = source.path(secret ? "secretKeyRef" : "configMapKeyRef");
        String key = reference.path("key").asString("");
        String value = all(secret, reference).get(key);
        if (value == null && !reference.path("optional").asBoolean(false)) {
            throw new UnresolvedException("couldn't find key " + key + " in " + (secret ? "Secret " : "ConfigMap ")
                    + pod.namespace() + "/" + reference.path("name").asString(""));
        }
        return Optional.ofNullable(value);
    }

    /** A container's request or limit in units of the divisor, rounded up; without a limit, all that the node has. */
    private String amount(JsonNode own, JsonNode reference) throws UnresolvedException {
        String resource = reference.path("resource").asString("");
        String[] words = resource.split("\\.", 2);
        if (words.length != 2 || !words[0].equals("limits") && !words[0].equals("requests")) {
            throw new UnresolvedException("resourceFieldRef: resource \"" + resource + "\" is not supported");
        }
        String other = reference.path("containerName").asString("");
        JsonNode container = other.isEmpty() ? own : Stream.of("containers", "initContainers")
                .flatMap(list -> pod.at("/spec/" + list).valueStream())
                .filter(each -> each.path("name").asString("").equals(other))
                .findFirst()
                .orElseThrow(() -> new UnresolvedException("container " + other + " not found"));
        String unlimited = words[0].equals("limits") ? NodeObject.allocatable().getOrDefault(words[1], "0") : "0";
        long divisor = Quantity.parse(reference.path("divisor").asString("1")).milli();
        String amount = container.path("resources").path(words[0]).path(words[1]).asString(unlimited);
        return Long.toString(Math.ceilDiv(Quantity.parse(amount).milli(), divisor == 0 ? 1000 : divisor));
    }

    private Map<String, String> all(boolean secret, JsonNode reference) throws UnresolvedException {
        String name = reference.path("name").asString("");
        Optional<KubeObject> source = client.find(secret ? ResourceType.SECRETS : ResourceType.CONFIG_MAPS, pod.namespace(), name);
        if (source.isEmpty()) {
            if (reference.path("optional").asBoolean(false)) {
                return Map.of();
            }
            throw new UnresolvedException((secret ? "secret \"" : "configmap \"") + name + "\" not found");
        }
        Map<String, String> data = new LinkedHashMap<>(KubeObject.strings(source.get().json().path("data")));
        if (secret) {
            for (Map.Entry<String, String> entry : data.entrySet()) {
                entry.setValue(decoded(name, entry));
            }
        }
        return data;
    }

    private static String decoded(String secret, Map.Entry<String, String> entry) throws UnresolvedException {
        try {
            return new String(Base64.getDecoder().decode(entry.getValue()), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new UnresolvedException("secret \"" + secret + "\": data[" + entry.getKey() + "] is not base64");
        }
    }

    private String field(String path) throws UnresolvedException {
        Matcher keyed = KEYED.matcher(path);
        if (keyed.matches()) {
            Map<String, String> map = keyed.group(1).equals("labels") ? pod.labels() : pod.annotations();
            return map.getOrDefault(keyed.group(2), "");
        }
        return switch (path) {
            case "metadata.name" -> pod.name();
            case "metadata.namespace" -> pod.namespace();
            case "metadata.uid" -> pod.uid();
            case "spec.nodeName" -> pod.string("/spec/nodeName");
            case "spec.serviceAccountName" -> pod.string("/spec/serviceAccountName");
            case "status.podIP", "status.podIPs" -> podIp;
            case "status.hostIP", "status.hostIPs" -> hostIp;
            default -> throw new UnresolvedException("fieldPath \"" + path + "\" is not supported");
        };
    }
}
