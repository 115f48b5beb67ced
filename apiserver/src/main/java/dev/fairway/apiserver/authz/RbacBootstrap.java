package dev.fairway.apiserver.authz;

import dev.fairway.apiserver.registry.ServerContext;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.LabelSelector;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ApiException;
import dev.fairway.kube.informer.Informer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes the default roles and mends them where they have lost a rule or subject, unless their annotation
 * {@code autoupdate} is false; then keeps aggregated ClusterRoles equal to the sum of their parts.
 */
public final class RbacBootstrap implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RbacBootstrap.class.getName());
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final ApiClient client;
    private final Informer clusterRoles;
    private final Semaphore changed = new Semaphore(1);
    private final CompletableFuture<Void> defaultsMade = new CompletableFuture<>();
    private final Thread thread;
    private volatile boolean closing;

    private RbacBootstrap(ServerContext server) {
        this.client = new ApiClient(server.transport());
        this.clusterRoles = new Informer(client, RbacAuthorizer.CLUSTER_ROLES)
                .onChange((before, after) -> changed.release());
        this.thread = Thread.ofVirtual().name("rbac-bootstrap").unstarted(this::run);
    }

    /** Begins beside the caller; ends with the server. */
    public static RbacBootstrap start(ServerContext server) {
        RbacBootstrap bootstrap = new RbacBootstrap(server);
        server.closeWith(bootstrap);
        bootstrap.thread.start();
        return bootstrap;
    }

    /** Completes when the default roles are there; fails if they could not be made. */
    public CompletableFuture<Void> defaultsMade() {
        return defaultsMade.copy();
    }

    private void run() {
        try {
            ensureAll();
            defaultsMade.complete(null);
            clusterRoles.start();
            while (true) {
                changed.acquire();
                changed.drainPermits();
                aggregate();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ApiException e) {
            defaultsMade.completeExceptionally(e);
            if (!Thread.currentThread().isInterrupted()) {
                LOG.log(System.Logger.Level.ERROR, "the default roles could not be made", e);
            }
        }
    }

    /** All at once: a durable store writes what comes together in one go. */
    private void ensureAll() {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture.allOf(DefaultRoles.read().stream()
                    .map(each -> CompletableFuture.runAsync(() -> ensure(each), executor))
                    .toArray(CompletableFuture<?>[]::new)).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private void ensure(DefaultRoles.Default wanted) {
        if (closing) {
            return;
        }
        String namespace = wanted.object().path("metadata").path("namespace").asString("");
        String name = wanted.object().path("metadata").path("name").asString("");
        Optional<KubeObject> found = client.find(wanted.type(), namespace, name);
        if (found.isEmpty()) {
            create(wanted);
            return;
        }
        ObjectNode object = found.get().json().deepCopy();
        boolean own = object.path("metadata").path("annotations").path(DefaultRoles.AUTOUPDATE).asString("").equals("true");
        if (own && (complete(object, wanted.object(), "rules") | complete(object, wanted.object(), "subjects"))) {
            client.update(wanted.type(), new KubeObject(object));
        }
    }

    private void create(DefaultRoles.Default wanted) {
        try {
            client.create(wanted.type(), new KubeObject(wanted.object()));
        } catch (ApiException e) {
            // Another server of this store has been faster.
            if (e.code() != 409) {
                throw e;
            }
        }
    }

    /** Adds what the list lacks; true if it lacked something. The rules of aggregated roles are not looked at. */
    private static boolean complete(ObjectNode object, ObjectNode wanted, String field) {
        if (wanted.has("aggregationRule")) {
            return false;
        }
        boolean added = false;
        for (JsonNode item : wanted.path(field)) {
            if (object.path(field).valueStream().noneMatch(item::equals)) {
                ArrayNode list = object.get(field) instanceof ArrayNode present ? present : object.putArray(field);
                list.add(item);
                added = true;
            }
        }
        return added;
    }

    private void aggregate() {
        for (KubeObject role : clusterRoles.all()) {
            JsonNode selectors = role.json().path("aggregationRule").path("clusterRoleSelectors");
            if (selectors.isEmpty()) {
                continue;
            }
            ArrayNode sum = sum(role, selectors);
            if (!sum.equals(role.json().path("rules"))) {
                ObjectNode changedRole = role.json().deepCopy();
                changedRole.set("rules", sum);
                try {
                    client.update(RbacAuthorizer.CLUSTER_ROLES, new KubeObject(changedRole));
                } catch (ApiException e) {
                    // Written by somebody else meanwhile: the informer brings the change, and with it the next try.
                    if (e.code() != 409 && !e.notFound()) {
                        throw e;
                    }
                }
            }
        }
    }

    private ArrayNode sum(KubeObject aggregated, JsonNode selectors) {
        List<KubeObject> parts = new ArrayList<>();
        for (JsonNode json : selectors) {
            LabelSelector selector = LabelSelector.ofJson(json);
            clusterRoles.all().stream()
                    .filter(role -> !role.name().equals(aggregated.name()) && selector.matches(labels(role)))
                    .forEach(parts::add);
        }
        Set<JsonNode> rules = new LinkedHashSet<>();
        parts.stream().sorted(java.util.Comparator.comparing(KubeObject::name))
                .forEach(part -> part.json().path("rules").forEach(rules::add));
        ArrayNode sum = dev.fairway.kube.Json.mapper().createArrayNode();
        rules.forEach(sum::add);
        return sum;
    }

    private static Map<String, String> labels(KubeObject role) {
        return KubeObject.strings(role.json().path("metadata").path("labels"));
    }

    @Override
    public void close() {
        closing = true;
        clusterRoles.close();
        thread.interrupt();
        try {
            // The store is closed next, and must not be asked any more.
            thread.join(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
