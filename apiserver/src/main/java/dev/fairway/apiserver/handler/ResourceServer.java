package dev.fairway.apiserver.handler;

import dev.fairway.apiserver.config.ApiServerConfig;
import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.fairness.ByteBudget;
import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.apiserver.registry.ResourceTable;
import dev.fairway.apiserver.registry.ServerContext;
import dev.fairway.apiserver.registry.Subresource;
import dev.fairway.apiserver.registry.Verb;
import dev.fairway.apiserver.request.Request;
import dev.fairway.apiserver.request.RequestInfo;
import dev.fairway.apiserver.request.Response;
import dev.fairway.apiserver.storage.Objects;
import dev.fairway.apiserver.storage.StoredObject;
import dev.fairway.apiserver.watch.WatchHubs;
import dev.fairway.kube.client.ApiTransport;
import dev.fairway.store.Store;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/** Serves the resource paths of all kinds in the table. */
public final class ResourceServer implements ServerContext, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ResourceServer.class.getName());

    private final ApiServerConfig config;
    private final ResourceTable table;
    private final Objects objects;
    private final WatchHubs hubs;
    /** As trees, objects take a good ten times their size. */
    private final ByteBudget parsing = ByteBudget.ofHeap(32, 4 << 20);
    private final Hooks hooks;
    private final Function<ResourceServer, ApiTransport> transportFactory;
    private final List<AutoCloseable> parts = new CopyOnWriteArrayList<>();
    private final Map<Class<?>, Object> shared = new ConcurrentHashMap<>();

    public ResourceServer(ApiServerConfig config, ResourceTable table, Store store, Hooks hooks,
                          Function<ResourceServer, ApiTransport> transportFactory) {
        this.config = config;
        this.table = table;
        this.objects = new Objects(store);
        this.hubs = new WatchHubs(store);
        this.hooks = hooks;
        this.transportFactory = transportFactory;
    }

    /**
     * Answers a request to a resource.
     *
     * @throws dev.fairway.apiserver.errors.StatusException when it cannot be served
     */
    public Response handle(Request request, RequestInfo info) {
        ResourceDefinition resource = table.find(info.group(), info.version(), info.resource())
                .orElseThrow(Errors::noSuchPath);
        if (!info.rest().isEmpty() || !resource.namespaced() && !info.namespace().isEmpty()
                && !info.resource().equals("namespaces")) {
            throw Errors.noSuchPath();
        }
        boolean needsNamespace = resource.namespaced() && info.namespace().isEmpty();
        if (needsNamespace && !info.name().isEmpty()) {
            throw Errors.noSuchPath();
        }
        Subresource subresource = null;
        if (!info.subresource().isEmpty()) {
            subresource = Subresource.byPath(info.subresource());
            if (subresource == null || !resource.has(subresource)) {
                throw Errors.noSuchPath();
            }
        }
        Verb verb = verb(info.verb());
        boolean served = verb != null && (subresource == null ? resource.verbs() : subresource.verbs()).contains(verb);
        boolean placed = switch (verb) {
            case null -> false;
            case CREATE -> !needsNamespace && (subresource == null) == info.name().isEmpty();
            case DELETECOLLECTION -> !needsNamespace;
            case UPDATE, PATCH -> !info.name().isEmpty();
            case GET, LIST, WATCH, DELETE -> true;
        };
        if (!served || !placed) {
            throw Errors.methodNotAllowed("the server does not allow this method on the requested resource");
        }
        Scope scope = new Scope(this, request, info, resource, subresource, WriteOptions.dryRun(request, verb));
        resource.strategy().get().deprecation(info.version()).ifPresent(scope::warn);
        return subresource == null ? object(scope, verb) : Subresources.handle(scope, verb);
    }

    private Response object(Scope scope, Verb verb) {
        return switch (verb) {
            case GET -> Reads.get(scope);
            case LIST -> Reads.list(scope);
            case WATCH -> Watches.watch(scope);
            case CREATE -> Creates.create(scope);
            case UPDATE -> Updates.update(scope);
            case PATCH -> Updates.patch(scope);
            case DELETE -> Deletes.delete(scope);
            case DELETECOLLECTION -> Deletes.deleteCollection(scope);
        };
    }

    private static Verb verb(String word) {
        for (Verb verb : Verb.values()) {
            if (verb.name().equals(word.toUpperCase(Locale.ROOT))) {
                return verb;
            }
        }
        return null;
    }

    public Objects objects() {
        return objects;
    }

    /** For lists that are made by parsing all their objects. */
    ByteBudget parsing() {
        return parsing;
    }

    public WatchHubs hubs() {
        return hubs;
    }

    public Hooks hooks() {
        return hooks;
    }

    @Override
    public Clock clock() {
        return config.clock();
    }

    @Override
    public ApiServerConfig config() {
        return config;
    }

    @Override
    public ResourceTable resources() {
        return table;
    }

    @Override
    public Optional<ObjectNode> get(ResourceDefinition resource, String namespace, String name) {
        return objects.get(resource, namespace, name).map(StoredObject::toTree);
    }

    @Override
    public List<ObjectNode> list(ResourceDefinition resource, String namespace) {
        return objects.all(resource, namespace).stream().map(StoredObject::toTree).toList();
    }

    @Override
    public Store store() {
        return objects.store();
    }

    @Override
    public ApiTransport transport() {
        return transportFactory.apply(this);
    }

    @Override
    public <T> T shared(Class<T> type, Function<ServerContext, T> factory) {
        Object known = shared.get(type);
        if (known == null) {
            T made = factory.apply(this);
            known = shared.putIfAbsent(type, made);
            if (known == null) {
                return made;
            }
        }
        return type.cast(known);
    }

    @Override
    public void closeWith(AutoCloseable part) {
        parts.add(part);
    }

    @Override
    public void close() {
        for (AutoCloseable part : parts.reversed()) {
            try {
                part.close();
            } catch (Exception e) {
                LOG.log(System.Logger.Level.WARNING, "a part of the server did not close", e);
            }
        }
        hubs.close();
    }
}
