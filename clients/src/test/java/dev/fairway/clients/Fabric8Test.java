package dev.fairway.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ConfigMapList;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ApiOnly.class)
@Timeout(120)
class Fabric8Test {
    private static KubernetesClient client;
    private String namespace;

    @BeforeAll
    static void connect(Path kubeconfig) {
        client = new KubernetesClientBuilder().withConfig(Config.fromKubeconfig(kubeconfig.toFile())).build();
    }

    @AfterAll
    static void disconnect() {
        client.close();
    }

    @BeforeEach
    void freshNamespace(TestInfo test) {
        namespace = test.getTestMethod().orElseThrow().getName().toLowerCase(java.util.Locale.ROOT);
        client.namespaces().resource(new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build()).create();
    }

    private ConfigMap map(String name, String color) {
        return new ConfigMapBuilder().withNewMetadata().withName(name).withNamespace(namespace).endMetadata()
                .withData(Map.of("color", color)).build();
    }

    /** What is heard, in order. */
    private record Heard(BlockingQueue<String> words) {
        Heard() {
            this(new LinkedBlockingQueue<>());
        }

        void add(String word) {
            words.add(word);
        }

        void next(String word) throws InterruptedException {
            assertEquals(word, words.poll(60, TimeUnit.SECONDS));
        }
    }

    @Test
    void createsChangesAndDeletes() {
        ConfigMap created = client.resource(map("a", "blue")).create();
        assertFalse(created.getMetadata().getUid().isEmpty());
        ConfigMap edited = client.configMaps().inNamespace(namespace).withName("a").edit(each -> {
            each.getData().put("color", "red");
            return each;
        });
        assertEquals("red", edited.getData().get("color"));
        assertNotEquals(created.getMetadata().getResourceVersion(), edited.getMetadata().getResourceVersion());
        assertEquals(409, assertThrows(KubernetesClientException.class,
                () -> client.resource(created).lockResourceVersion(created.getMetadata().getResourceVersion()).update()).getCode());
        assertEquals(409, assertThrows(KubernetesClientException.class, () -> client.resource(map("a", "x")).create()).getCode());
        client.configMaps().inNamespace(namespace).withName("a").delete();
        assertNull(client.configMaps().inNamespace(namespace).withName("a").get());
    }

    @Test
    void listsPageByPageFromOneSnapshot() {
        for (int i = 0; i < 7; i++) {
            client.resource(map("m" + i, "blue")).create();
        }
        List<String> names = new ArrayList<>();
        String next = "";
        do {
            ConfigMapList page = client.configMaps().inNamespace(namespace)
                    .list(new ListOptionsBuilder().withLimit(3L).withContinue(next).withFieldSelector("metadata.name!=kube-root-ca.crt").build());
            page.getItems().forEach(each -> names.add(each.getMetadata().getName()));
            next = page.getMetadata().getContinue();
            client.configMaps().inNamespace(namespace).withName("m6").withGracePeriod(0).delete();
        } while (next != null && !next.isEmpty());
        assertEquals(List.of("m0", "m1", "m2", "m3", "m4", "m5", "m6"), names);
    }

    @Test
    void anInformerHearsAndKeeps() throws Exception {
        client.resource(map("first", "blue")).create();
        Heard heard = new Heard();
        try (var informer = client.configMaps().inNamespace(namespace).withField("metadata.name", "first").inform(new ResourceEventHandler<>() {
            @Override
            public void onAdd(ConfigMap map) {
                heard.add("+" + map.getData().get("color"));
            }

            @Override
            public void onUpdate(ConfigMap before, ConfigMap after) {
                heard.add(before.getData().get("color") + ">" + after.getData().get("color"));
            }

            @Override
            public void onDelete(ConfigMap map, boolean unknown) {
                heard.add("-" + map.getData().get("color"));
            }
        })) {
            heard.next("+blue");
            client.resource(map("first", "red")).update();
            heard.next("blue>red");
            assertEquals("red", informer.getIndexer().getByKey(namespace + "/first").getData().get("color"));
            client.resource(map("first", "red")).delete();
            heard.next("-red");
        }
    }

    @Test
    void aWatchGoesOnWhereItIsTold() throws Exception {
        ConfigMap first = client.resource(map("a", "blue")).create();
        client.resource(map("b", "red")).create();
        Heard heard = new Heard();
        try (var _ = client.configMaps().inNamespace(namespace).watch(
                new ListOptionsBuilder().withResourceVersion(first.getMetadata().getResourceVersion()).build(), new Watcher<>() {
                    @Override
                    public void eventReceived(Action action, ConfigMap map) {
                        if (!map.getMetadata().getName().startsWith("kube-")) {
                            heard.add(action + " " + map.getMetadata().getName());
                        }
                    }

                    @Override
                    public void onClose(WatcherException cause) {
                        heard.add("closed");
                    }
                })) {
            heard.next("ADDED b");
            client.resource(map("b", "red")).delete();
            heard.next("DELETED b");
        }
    }

    @Test
    void appliesOnTheServerWithManagersAndConflicts() {
        PatchContext mine = new PatchContext.Builder().withPatchType(PatchType.SERVER_SIDE_APPLY).withFieldManager("mine").build();
        PatchContext yours = new PatchContext.Builder().withPatchType(PatchType.SERVER_SIDE_APPLY).withFieldManager("yours").build();
        ConfigMap both = new ConfigMapBuilder(map("a", "blue")).addToData("size", "small").build();
        client.resource(both).patch(mine);
        KubernetesClientException conflict =
                assertThrows(KubernetesClientException.class, () -> client.resource(map("a", "red")).patch(yours));
        assertEquals(409, conflict.getCode());
        assertTrue(conflict.getMessage().contains(".data.color"), conflict.getMessage());
        ConfigMap forced = client.resource(map("a", "red")).patch(new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY).withFieldManager("yours").withForce(true).build());
        assertEquals("red", forced.getData().get("color"));
        assertEquals(List.of("mine", "yours"),
                forced.getMetadata().getManagedFields().stream().map(each -> each.getManager()).sorted().toList());
    }

    @Test
    void customResourcesHaveTypesStatusAndRules() {
        Widgets.define(client);
        var widgets = client.resources(Widget.class).inNamespace(namespace);
        Widget widget = new Widget();
        widget.setMetadata(new ObjectMetaBuilder().withName("w").withNamespace(namespace).build());
        widget.setSpec(new Widget.Spec());
        widget.getSpec().size = 3;
        Widget created = widgets.resource(widget).create();
        assertEquals("green", created.getSpec().color, "the default of the schema");
        created.setStatus(new Widget.Status());
        created.getStatus().ready = true;
        assertTrue(widgets.resource(created).updateStatus().getStatus().ready);
        assertEquals(3, widgets.withName("w").get().getSpec().size);
        widget.getMetadata().setName("too-big");
        widget.getSpec().size = 11;
        KubernetesClientException refused = assertThrows(KubernetesClientException.class, () -> widgets.resource(widget).create());
        assertEquals(422, refused.getCode());
        assertTrue(refused.getMessage().contains("size is 10 at most"), refused.getMessage());
        assertEquals(1, widgets.withName("w").scale(1).getSpec().size);
    }

    @Test
    void oneLeaderAtATime() throws Exception {
        Heard heard = new Heard();
        CompletableFuture<?> first = candidate("first", heard);
        heard.next("first leads");
        CompletableFuture<?> second = candidate("second", heard);
        first.cancel(true);
        heard.next("first ends");
        heard.next("second leads");
        second.cancel(true);
        heard.next("second ends");
    }

    private CompletableFuture<?> candidate(String name, Heard heard) {
        return client.leaderElector().withConfig(new LeaderElectionConfigBuilder()
                .withName("test").withLock(new LeaseLock(namespace, "lock", name)).withReleaseOnCancel(true)
                .withLeaseDuration(Duration.ofSeconds(15)).withRenewDeadline(Duration.ofSeconds(10)).withRetryPeriod(Duration.ofMillis(200))
                .withLeaderCallbacks(new LeaderCallbacks(() -> heard.add(name + " leads"), () -> heard.add(name + " ends"), leader -> { }))
                .build()).build().start();
    }
}
