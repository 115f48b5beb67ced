package dev.fairway.operator;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.cluster.Cluster;
import dev.fairway.cluster.ClusterConfig;
import dev.fairway.cluster.ClusterConfig.StoreChoice;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.javaoperatorsdk.operator.Operator;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole operator's life: definition, watch, server-side apply, status, owned resources, finalizer. */
@Timeout(180)
class OperatorTest {
    private static final long PATIENCE_SECONDS = 60;

    @Test
    void reconcilesACustomResource(@TempDir Path directory) throws Exception {
        ClusterConfig config = ClusterConfig.named("operator", directory.resolve("cluster"))
                .withNodes(0).withApiPort(0).withStore(new StoreChoice.Memory());
        try (Cluster cluster = Cluster.start(config, line -> { });
                KubernetesClient client = new KubernetesClientBuilder()
                        .withConfig(Config.fromKubeconfig(cluster.kubeconfig().toFile())).build()) {
            var definition = client.apiextensions().v1().customResourceDefinitions()
                    .load(OperatorTest.class.getResourceAsStream("/sites.yaml"));
            definition.create();
            definition.waitUntilCondition(each -> each.getStatus() != null && each.getStatus().getConditions().stream()
                    .anyMatch(condition -> condition.getType().equals("Established") && condition.getStatus().equals("True")),
                    PATIENCE_SECONDS, TimeUnit.SECONDS);
            SiteReconciler reconciler = new SiteReconciler();
            Operator operator = new Operator(overrider -> overrider.withKubernetesClient(client).withCloseClientOnStop(false));
            operator.register(reconciler);
            operator.start();
            try {
                life(client, reconciler);
            } finally {
                operator.stop();
            }
        }
    }

    private static void life(KubernetesClient client, SiteReconciler reconciler) {
        Resource<Site> home = client.resources(Site.class).inNamespace("default").withName("home");
        Resource<ConfigMap> page = client.configMaps().inNamespace("default").withName("home");
        client.resource(site("one")).create();
        await(home, site -> site != null && site.getStatus() != null && site.getStatus().published.equals("one"));
        await(page, map -> map != null && map.getData().get("index.html").equals("one"));

        home.edit(site -> {
            site.getSpec().page = "two";
            return site;
        });
        await(page, map -> map != null && map.getData().get("index.html").equals("two"));

        page.delete();
        await(page, map -> map != null && map.getData().get("index.html").equals("two"));

        home.delete();
        await(home, Objects::isNull);
        assertTrue(reconciler.cleaned.contains("home"));
        await(page, Objects::isNull);
    }

    private static <T> void await(Resource<T> resource, Predicate<T> condition) {
        resource.waitUntilCondition(condition, PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static Site site(String page) {
        Site site = new Site();
        site.setMetadata(new ObjectMetaBuilder().withName("home").withNamespace("default").build());
        site.setSpec(new Site.Spec());
        site.getSpec().page = page;
        return site;
    }
}
