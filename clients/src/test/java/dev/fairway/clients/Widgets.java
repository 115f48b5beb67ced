package dev.fairway.clients;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;

/** The definition of {@link Widget}. */
final class Widgets {
    private Widgets() {}

    static InputStream definition() {
        return Widgets.class.getResourceAsStream("/widgets.yaml");
    }

    static void define(KubernetesClient client) {
        CustomResourceDefinition definition = client.apiextensions().v1().customResourceDefinitions().load(definition()).item();
        client.resource(definition).create();
        client.resource(definition).waitUntilCondition(each -> each.getStatus() != null && each.getStatus().getConditions().stream()
                .anyMatch(condition -> condition.getType().equals("Established") && condition.getStatus().equals("True")), 60, TimeUnit.SECONDS);
    }
}
