package dev.fairway.clients;

import static dev.fairway.testkit.Await.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.kubernetes.client.custom.V1Patch;
import io.kubernetes.client.informer.ResourceEventHandler;
import io.kubernetes.client.informer.SharedInformerFactory;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.AppsV1Api;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.apis.VersionApi;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1ConfigMapList;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.util.Config;
import io.kubernetes.client.util.PatchUtils;
import io.kubernetes.client.util.Watch;
import io.kubernetes.client.util.Yaml;
import io.kubernetes.client.util.generic.dynamic.DynamicKubernetesApi;
import io.kubernetes.client.util.generic.dynamic.DynamicKubernetesObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ApiOnly.class)
@Timeout(120)
class ClientJavaTest {
    private static ApiClient client;
    private static CoreV1Api core;
    private String namespace;

    @BeforeAll
    static void connect(Path kubeconfig) throws Exception {
        client = Config.fromConfig(kubeconfig.toString());
        // Watches are silent for long.
        client.setReadTimeout(0);
        core = new CoreV1Api(client);
    }

    @BeforeEach
    void freshNamespace(TestInfo test) throws ApiException {
        namespace = test.getTestMethod().orElseThrow().getName().toLowerCase(Locale.ROOT);
        core.createNamespace(new V1Namespace().metadata(new V1ObjectMeta().name(namespace))).execute();
    }

    private V1ConfigMap map(String name, String color) {
        return new V1ConfigMap().metadata(new V1ObjectMeta().name(name).namespace(namespace)).data(Map.of("color", color));
    }

    @Test
    void knowsTheVersion() throws ApiException {
        assertEquals("1", new VersionApi(client).getCode().execute().getMajor());
    }

    @Test
    void createsReplacesAndDeletes() throws ApiException {
        V1ConfigMap created = core.createNamespacedConfigMap(namespace, map("a", "blue")).execute();
        created.putDataItem("color", "red");
        V1ConfigMap replaced = core.replaceNamespacedConfigMap("a", namespace, created).execute();
        assertEquals("red", replaced.getData().get("color"));
        ApiException conflict = assertThrows(ApiException.class,
                () -> core.replaceNamespacedConfigMap("a", namespace, created).execute());
        assertEquals(409, conflict.getCode());
        core.deleteNamespacedConfigMap("a", namespace).execute();
        assertEquals(404, assertThrows(ApiException.class, () -> core.readNamespacedConfigMap("a", namespace).execute()).getCode());
    }

    @Test
    void listsPageByPage() throws ApiException {
        for (int i = 0; i < 5; i++) {
            core.createNamespacedConfigMap(namespace, map("m" + i, "blue")).execute();
        }
        List<String> names = new ArrayList<>();
        String next = null;
        do {
            V1ConfigMapList page = core.listNamespacedConfigMap(namespace).limit(2)._continue(next)
                    .fieldSelector("metadata.name!=kube-root-ca.crt").execute();
            page.getItems().forEach(each -> names.add(each.getMetadata().getName()));
            next = page.getMetadata().getContinue();
        } while (next != null && !next.isEmpty());
        assertEquals(List.of("m0", "m1", "m2", "m3", "m4"), names);
    }

    @Test
    void watches() throws Exception {
        V1ConfigMap first = core.createNamespacedConfigMap(namespace, map("a", "blue")).execute();
        try (Watch<V1ConfigMap> watch = Watch.createWatch(client, core.listNamespacedConfigMap(namespace).watch(true)
                .fieldSelector("metadata.name=a").resourceVersion(first.getMetadata().getResourceVersion()).buildCall(null),
                new com.google.gson.reflect.TypeToken<Watch.Response<V1ConfigMap>>() {}.getType())) {
            core.replaceNamespacedConfigMap("a", namespace, map("a", "red")).execute();
            core.deleteNamespacedConfigMap("a", namespace).execute();
            assertEquals("MODIFIED", watch.next().type);
            Watch.Response<V1ConfigMap> deleted = watch.next();
            assertEquals("DELETED", deleted.type);
            assertEquals("red", deleted.object.getData().get("color"));
        }
    }

    @Test
    void anInformerHears() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        SharedInformerFactory factory = new SharedInformerFactory(client);
        var informer = factory.sharedIndexInformerFor(parameters -> core.listNamespacedConfigMap(namespace)
                .fieldSelector("metadata.name=a").resourceVersion(parameters.resourceVersion)
                .timeoutSeconds(parameters.timeoutSeconds).watch(parameters.watch).buildCall(null),
                V1ConfigMap.class, V1ConfigMapList.class, Duration.ofMinutes(10).toMillis());
        informer.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(V1ConfigMap map) {
                heard.add("+" + map.getData().get("color"));
            }

            @Override
            public void onUpdate(V1ConfigMap before, V1ConfigMap after) {
                heard.add(before.getData().get("color") + ">" + after.getData().get("color"));
            }

            @Override
            public void onDelete(V1ConfigMap map, boolean unknown) {
                heard.add("-");
            }
        });
        factory.startAllRegisteredInformers();
        try {
            core.createNamespacedConfigMap(namespace, map("a", "blue")).execute();
            assertEquals("+blue", heard.poll(60, TimeUnit.SECONDS));
            core.replaceNamespacedConfigMap("a", namespace, map("a", "red")).execute();
            assertEquals("blue>red", heard.poll(60, TimeUnit.SECONDS));
            core.deleteNamespacedConfigMap("a", namespace).execute();
            assertEquals("-", heard.poll(60, TimeUnit.SECONDS));
        } finally {
            factory.stopAllRegisteredInformers();
        }
    }

    @Test
    void patchesInEachWay() throws Exception {
        AppsV1Api apps = new AppsV1Api(client);
        apps.createNamespacedDeployment(namespace, (V1Deployment) Yaml.load("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: web}
                spec:
                  replicas: 1
                  selector: {matchLabels: {app: web}}
                  template:
                    metadata: {labels: {app: web}}
                    spec: {containers: [{name: a, image: x}]}
                """)).execute();
        V1Deployment strategic = patch(apps, V1Patch.PATCH_FORMAT_STRATEGIC_MERGE_PATCH,
                "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"b\",\"image\":\"y\"}]}}}}");
        assertEquals(2, strategic.getSpec().getTemplate().getSpec().getContainers().size());
        V1Deployment merge = patch(apps, V1Patch.PATCH_FORMAT_JSON_MERGE_PATCH, "{\"spec\":{\"replicas\":3}}");
        assertEquals(3, merge.getSpec().getReplicas());
        V1Deployment json = patch(apps, V1Patch.PATCH_FORMAT_JSON_PATCH,
                "[{\"op\":\"remove\",\"path\":\"/spec/template/spec/containers/1\"}]");
        assertEquals(1, json.getSpec().getTemplate().getSpec().getContainers().size());
        V1Deployment applied = PatchUtils.patch(V1Deployment.class, () -> apps.patchNamespacedDeployment("web", namespace,
                new V1Patch("{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"web\",\"labels\":{\"team\":\"a\"}}}"))
                .fieldManager("test").force(true).buildCall(null), V1Patch.PATCH_FORMAT_APPLY_YAML, client);
        assertEquals("a", applied.getMetadata().getLabels().get("team"));
    }

    private V1Deployment patch(AppsV1Api apps, String how, String text) throws ApiException {
        return PatchUtils.patch(V1Deployment.class,
                () -> apps.patchNamespacedDeployment("web", namespace, new V1Patch(text)).buildCall(null), how, client);
    }

    @Test
    void aServiceGetsItsAddress() throws Exception {
        V1Service service = core.createNamespacedService(namespace, (V1Service) Yaml.load("""
                apiVersion: v1
                kind: Service
                metadata: {name: web}
                spec: {type: NodePort, selector: {app: web}, ports: [{port: 80, targetPort: http}]}
                """)).execute();
        assertTrue(service.getSpec().getClusterIP().startsWith("10."), service.getSpec().getClusterIP());
        assertTrue(service.getSpec().getPorts().getFirst().getNodePort() >= 30000);
        ApiException refused = assertThrows(ApiException.class, () -> core.createNamespacedService(namespace, (V1Service) Yaml.load("""
                apiVersion: v1
                kind: Service
                metadata: {name: web2}
                spec: {ports: [{port: 70000}]}
                """)).execute());
        assertEquals(422, refused.getCode());
        assertTrue(refused.getResponseBody().contains("spec.ports[0].port"), refused.getResponseBody());
    }

    @Test
    void customResourcesWithoutClasses() throws Exception {
        var definitions = new DynamicKubernetesApi("apiextensions.k8s.io", "v1", "customresourcedefinitions", client);
        String text = new String(Widgets.definition().readAllBytes(), StandardCharsets.UTF_8);
        definitions.create(new DynamicKubernetesObject(Yaml.getSnakeYaml(null).load(text) instanceof Map<?, ?> tree
                ? JSON.getGson().toJsonTree(tree).getAsJsonObject() : new JsonObject())).throwsApiException();
        var widgets = new DynamicKubernetesApi("test.fairway.dev", "v1", "widgets", client);
        DynamicKubernetesObject widget = new DynamicKubernetesObject();
        widget.setApiVersion("test.fairway.dev/v1");
        widget.setKind("Widget");
        widget.setMetadata(new V1ObjectMeta().name("w").namespace(namespace));
        JsonObject spec = new JsonObject();
        spec.addProperty("size", 2);
        widget.getRaw().add("spec", spec);
        until("its kind is served", () -> widgets.list(namespace).isSuccess());
        assertEquals("green", widgets.create(widget).throwsApiException().getObject().getRaw().getAsJsonObject("spec").get("color").getAsString());
    }
}
