package dev.fairway.apiserver.kinds.workload;

import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.apiserver.registry.StrategyContext;
import dev.fairway.kube.Json;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A Pod runs as a ServiceAccount, and finds its token, the cluster's CA and its namespace in every container
 * (admission plugin ServiceAccount).
 */
final class PodAccount {
    private static final String PLACE = "/var/run/secrets/kubernetes.io/serviceaccount";
    private static final String VOLUME = "kube-api-access-";
    private static final String SUFFIX = "bcdfghjklmnpqrstvwxz2456789";
    private static final String DEFAULT = "default";
    /** An hour, and so much more that tokens of an hour are not renewed too late. */
    private static final int TOKEN_SECONDS = 3607;

    private PodAccount() {
    }

    /**
     * Fills in the account, its pull secrets and its token.
     *
     * @throws dev.fairway.apiserver.errors.StatusException 403 when the account does not exist, in a namespace where
     *                                                      accounts are kept: one that has the account default
     */
    static void admit(StrategyContext context, ObjectNode pod) {
        ObjectNode spec = pod.withObjectProperty("spec");
        if (spec.path("serviceAccountName").asString("").isEmpty()) {
            spec.put("serviceAccountName", DEFAULT).put("serviceAccount", DEFAULT);
        }
        String name = spec.path("serviceAccountName").asString("");
        ResourceDefinition accounts = context.server().resources().require("", "serviceaccounts");
        Optional<ObjectNode> account = context.server().get(accounts, context.namespace(), name);
        if (account.isEmpty()) {
            if (context.server().get(accounts, context.namespace(), DEFAULT).isPresent()) {
                throw Errors.forbidden(context.resource(), pod.path("metadata").path("name").asString(""),
                        "error looking up service account " + context.namespace() + "/" + name + ": serviceaccount \"" + name + "\" not found");
            }
            return;
        }
        if (spec.path("imagePullSecrets").isEmpty() && !account.get().path("imagePullSecrets").isEmpty()) {
            spec.set("imagePullSecrets", account.get().get("imagePullSecrets").deepCopy());
        }
        JsonNode wish = spec.hasNonNull("automountServiceAccountToken") ? spec.get("automountServiceAccountToken")
                : account.get().path("automountServiceAccountToken");
        if (wish.asBoolean(true)) {
            token(spec);
        }
    }

    private static void token(ObjectNode spec) {
        String name = spec.path("volumes").valueStream().map(each -> each.path("name").asString(""))
                .filter(each -> each.startsWith(VOLUME)).findFirst().orElse("");
        boolean made = name.isEmpty();
        String volume = made ? VOLUME + suffix() : name;
        long mounted = PodDefaults.containers(spec).filter(container -> mount(container, volume)).count();
        if (made && mounted > 0) {
            spec.withArrayProperty("volumes").add(volume(volume));
        }
    }

    /** True if the container has been given the mount; false if it has something there already. */
    private static boolean mount(ObjectNode container, String volume) {
        ArrayNode mounts = container.withArrayProperty("volumeMounts");
        if (mounts.valueStream().anyMatch(each -> each.path("mountPath").asString("").equals(PLACE))) {
            return false;
        }
        mounts.addObject().put("name", volume).put("readOnly", true).put("mountPath", PLACE);
        return true;
    }

    private static ObjectNode volume(String name) {
        ObjectNode volume = Json.object().put("name", name);
        ObjectNode projected = volume.putObject("projected");
        ArrayNode sources = projected.putArray("sources");
        sources.addObject().putObject("serviceAccountToken").put("expirationSeconds", TOKEN_SECONDS).put("path", "token");
        ObjectNode authority = sources.addObject().putObject("configMap").put("name", "kube-root-ca.crt");
        authority.putArray("items").addObject().put("key", "ca.crt").put("path", "ca.crt");
        sources.addObject().putObject("downwardAPI").putArray("items").addObject().put("path", "namespace")
                .putObject("fieldRef").put("apiVersion", "v1").put("fieldPath", "metadata.namespace");
        projected.put("defaultMode", 0644);
        return volume;
    }

    private static String suffix() {
        StringBuilder suffix = new StringBuilder();
        for (int i = 0; i < 5; i++) {
            suffix.append(SUFFIX.charAt(ThreadLocalRandom.current().nextInt(SUFFIX.length())));
        }
        return suffix.toString();
    }
}
