package dev.fairway.apiserver.authz;

import dev.fairway.apiserver.registry.ServerContext;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ApiException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes the default roles and mends them where they have lost a rule or subject, unless their annotation
 * {@code autoupdate} is false. The rules of aggregated ClusterRoles are a controller's.
 */
public final class RbacBootstrap implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RbacBootstrap.class.getName());
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final ApiClient client;
    private final CompletableFuture<Void> defaultsMade = new CompletableFuture<>();
    private final Thread thread;
    private volatile boolean closing;

    private RbacBootstrap(ServerContext server) {
        this.client = new ApiClient(server.transport());
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
        } catch (ApiException e) {
            defaultsMade.completeExceptionally(e);
            if (!closing) {
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
        try {
            if (found.isEmpty()) {
                client.create(wanted.type(), new KubeObject(wanted.object()));
            } else {
                mend(wanted, found.get().json().deepCopy());
            }
        } catch (ApiException e) {
            // Another server of this store has been faster.
            if (e.code() != 409) {
                throw e;
            }
        }
    }

    private void mend(DefaultRoles.Default wanted, ObjectNode object) {
        boolean own = object.path("metadata").path("annotations").path(DefaultRoles.AUTOUPDATE).asString("").equals("true");
        if (own && (complete(object, wanted.object(), "rules") | complete(object, wanted.object(), "subjects"))) {
            client.update(wanted.type(), new KubeObject(object));
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

    @Override
    public void close() {
        closing = true;
        try {
            // The store is closed next, and must not be asked any more.
            thread.join(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
