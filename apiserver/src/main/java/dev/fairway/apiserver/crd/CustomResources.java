package dev.fairway.apiserver.crd;

import dev.fairway.apiserver.errors.StatusException;
import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.apiserver.registry.ServerContext;
import dev.fairway.apiserver.watch.EventSource;
import dev.fairway.apiserver.watch.ResourceEvent;
import dev.fairway.apiserver.watch.WatchEndedException;
import dev.fairway.apiserver.watch.WatchHubs;
import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiRequest;
import dev.fairway.kube.client.ApiResponse;
import dev.fairway.kube.client.ApiTransport;
import dev.fairway.store.Store;
import dev.fairway.store.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Follows the CustomResourceDefinitions: puts their kinds into the table of resources, says so in their status, and
 * empties and removes those that are deleted. Every server of a cluster does so for itself.
 */
public final class CustomResources implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(CustomResources.class.getName());
    private static final ResourceType DEFINITIONS =
            new ResourceType("apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", false);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final ServerContext server;
    private final Store store;
    private final WatchHubs hubs;
    private final ApiTransport transport;
    private final ResourceDefinition definitions;
    private final Map<String, ResourceDefinition> served = new ConcurrentHashMap<>();
    private final Map<String, JsonNode> schemas = new ConcurrentHashMap<>();
    private final Thread follower;
    private volatile boolean closed;

    public CustomResources(ServerContext server, Store store, WatchHubs hubs, ApiTransport transport) {
        this.server = server;
        this.store = store;
        this.hubs = hubs;
        this.transport = transport;
        this.definitions = server.resources().require(DEFINITIONS.group(), DEFINITIONS.plural());
        long revision = store.revision();
        serveAll();
        this.follower = Thread.ofVirtual().name("custom-resources").start(() -> follow(revision));
    }

    /** The OpenAPI v3 schema of a custom kind in a version. */
    public Optional<ObjectNode> openApi(ResourceDefinition row, String version) {
        JsonNode definition = schemas.get(row.plural() + "." + row.group());
        if (definition == null) {
            return Optional.empty();
        }
        return definition.path("spec").path("versions").valueStream()
                .filter(each -> each.path("name").asString("").equals(version))
                .map(each -> (ObjectNode) each.path("schema").path("openAPIV3Schema").deepCopy()).findFirst();
    }

    /**
     * Returns when the definitions are being followed.
     *
     * @throws IllegalStateException when they are not, and the kinds served are those of some time ago
     */
    public void requireFollowing() {
        if (!follower.isAlive()) {
            throw new IllegalStateException("custom resource definitions are not followed");
        }
    }

    private void serveAll() {
        Set<String> present = new HashSet<>();
        for (ObjectNode definition : server.list(definitions, "")) {
            present.add(definition.path("metadata").path("name").asString(""));
            try {
                if (Conditions.isTrue(definition, "Established")) {
                    serve(definition);
                }
            } catch (IllegalArgumentException e) {
                LOG.log(System.Logger.Level.WARNING, () -> "custom resource " + name(definition) + " cannot be served: " + e.getMessage());
            }
        }
        served.keySet().stream().filter(name -> !present.contains(name)).forEach(this::forget);
    }

    private void follow(long from) {
        long revision = from;
        while (!closed) {
            try (EventSource source = hubs.watch(definitions, definitions.keyPrefix(), revision)) {
                for (ObjectNode definition : server.list(definitions, "")) {
                    handle(definition);
                }
                while (!closed) {
                    ResourceEvent event = source.poll(Duration.ofMinutes(10));
                    if (event != null) {
                        revision = event.revision();
                        if (event.now() != null) {
                            handle(event.now().toTree());
                        } else if (!event.isProgress()) {
                            forget(event.previous().name());
                            reconsider();
                        }
                    }
                }
            } catch (WatchEndedException | StoreException | StatusException e) {
                if (!pause(e)) {
                    return;
                }
                revision = store.revision();
                serveAll();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private boolean pause(Exception cause) {
        if (closed) {
            return false;
        }
        LOG.log(System.Logger.Level.WARNING, () -> "following custom resource definitions again: " + cause.getMessage());
        try {
            Thread.sleep(RETRY);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static String name(JsonNode definition) {
        return definition.path("metadata").path("name").asString("");
    }

    private void handle(ObjectNode definition) {
        try {
            if (definition.path("metadata").hasNonNull("deletionTimestamp")) {
                if (Conditions.isTrue(definition, "Established")) {
                    serve(definition);
                }
                terminate(definition);
            } else {
                establish(definition);
            }
        } catch (IllegalArgumentException e) {
            LOG.log(System.Logger.Level.WARNING, () -> "custom resource " + name(definition) + " cannot be served: " + e.getMessage());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, () -> "custom resource " + name(definition) + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(ObjectNode definition) {
        JsonNode known = schemas.put(name(definition), definition);
        boolean same = known != null && known.path("spec").equals(definition.path("spec")) && served.containsKey(name(definition))
                && known.path("status").path("acceptedNames").equals(definition.path("status").path("acceptedNames"));
        if (!same) {
            ResourceDefinition row = CustomKind.row(definition);
            served.put(name(definition), row);
            server.resources().put(row);
        }
    }

    private void forget(String name) {
        schemas.remove(name);
        ResourceDefinition row = served.remove(name);
        if (row != null) {
            server.resources().remove(row.group(), row.plural());
        }
    }

    /** Gives a definition the names that are free, serves it once it has all of them, and says so in its status. */
    private void establish(ObjectNode definition) throws IOException, InterruptedException {
        boolean settled = definition.path("spec").path("names").equals(definition.path("status").path("acceptedNames"))
                && Conditions.isTrue(definition, "NamesAccepted") && Conditions.isTrue(definition, "Established");
        if (settled) {
            serve(definition);
            return;
        }
        CrdNames names = CrdNames.decide(definition, server.list(definitions, ""));
        boolean established = names.all() || Conditions.isTrue(definition, "Established");
        ObjectNode changed = definition.deepCopy();
        ObjectNode status = changed.withObjectProperty("status");
        status.set("acceptedNames", names.accepted());
        condition(status, "NamesAccepted", names.all(), names.reason(), names.message());
        condition(status, "Established", established, established ? "InitialNamesAccepted" : "NotAccepted",
                established ? "the initial names have been accepted" : "not all names are accepted");
        if (established) {
            serve(changed);
        }
        if (!status.equals(definition.path("status"))) {
            patchStatus(definition, status, "conditions", "acceptedNames");
        }
    }

    /** When a name has become free, those that were refused one try again. */
    private void reconsider() {
        server.list(definitions, "").stream().filter(each -> !Conditions.isTrue(each, "NamesAccepted")).forEach(this::handle);
    }

    private void condition(ObjectNode status, String type, boolean holds, String reason, String message) {
        Conditions.set(status, type, holds, reason, message, server.clock().instant());
    }

    /** Deletes all objects of a kind whose definition is going, then lets the definition go. */
    private void terminate(ObjectNode definition) throws IOException, InterruptedException {
        boolean held = definition.path("metadata").path("finalizers").valueStream()
                .anyMatch(each -> each.asString("").equals(CrdStrategy.FINALIZER));
        ResourceDefinition row = served.get(name(definition));
        if (!held) {
            return;
        }
        if (row != null && !empty(row)) {
            if (!Conditions.isTrue(definition, "Terminating")) {
                ObjectNode status = definition.deepCopy().withObjectProperty("status");
                condition(status, "Terminating", true, "InstanceDeletionInProgress", "CustomResource deletion is in progress");
                patchStatus(definition, status, "conditions");
            }
            Thread.ofVirtual().name("retry-" + name(definition)).start(() -> retry(name(definition)));
            return;
        }
        ArrayNode left = Json.mapper().createArrayNode();
        definition.path("metadata").path("finalizers").forEach(each -> {
            if (!each.asString("").equals(CrdStrategy.FINALIZER)) {
                left.add(each);
            }
        });
        ObjectNode patch = Json.object();
        patch.putObject("metadata").set("finalizers", left);
        patch(name(definition), patch);
    }

    private boolean empty(ResourceDefinition row) throws IOException, InterruptedException {
        ResourceType type = row.type(row.version());
        for (ObjectNode each : server.list(row, "")) {
            KubeObject object = new KubeObject(each);
            send(ApiRequest.of("DELETE", type.path(object.namespace(), object.name())));
        }
        return store.count(row.keyPrefix()) == 0;
    }

    private void retry(String name) {
        try {
            Thread.sleep(RETRY);
            if (!closed) {
                server.get(definitions, "", name).ifPresent(this::handle);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (StoreException e) {
            LOG.log(System.Logger.Level.WARNING, () -> "deleting custom resource " + name + ": " + e.getMessage());
        }
    }

    private void patchStatus(ObjectNode definition, ObjectNode status, String... fields) throws IOException, InterruptedException {
        ObjectNode patch = Json.object();
        ObjectNode changed = patch.putObject("status");
        for (String field : fields) {
            changed.set(field, status.get(field));
        }
        patch(name(definition) + "/status", patch);
    }

    private void patch(String path, ObjectNode patch) throws IOException, InterruptedException {
        send(ApiRequest.of("PATCH", DEFINITIONS.path("") + "/" + path).withBody("application/merge-patch+json", Json.bytes(patch)));
    }

    private void send(ApiRequest request) throws IOException, InterruptedException {
        try (ApiResponse response = transport.send(request)) {
            boolean done = response.status() / 100 == 2 || response.status() == 404 || response.status() == 409;
            if (!done) {
                throw new IOException(request + " gave HTTP " + response.status() + ": "
                        + new String(response.body().readAllBytes(), StandardCharsets.UTF_8));
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        follower.interrupt();
    }
}
