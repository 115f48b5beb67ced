package dev.fairway.apiserver.registry;

import dev.fairway.apiserver.config.ApiServerConfig;
import dev.fairway.kube.client.ApiTransport;
import dev.fairway.store.Store;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/** What the parts of the server may use of each other. */
public interface ServerContext {
    /** The time. */
    Clock clock();

    /** The settings. */
    ApiServerConfig config();

    /** The served kinds. */
    ResourceTable resources();

    /**
     * An object in its storage version, read from the store itself (never stale), not to be changed.
     *
     * @param namespace empty for kinds without namespaces
     */
    Optional<ObjectNode> get(ResourceDefinition resource, String namespace, String name);

    /**
     * All objects of a kind in its storage version, not to be changed.
     *
     * @param namespace empty for all
     */
    List<ObjectNode> list(ResourceDefinition resource, String namespace);

    /** The store below the objects, for what must be held once among all servers of it. */
    Store store();

    /** The whole API in the process, asked as the server itself. */
    ApiTransport transport();

    /** Closes a part when the server closes, before the store can go away. */
    void closeWith(AutoCloseable part);

    /** One shared instance per server of something that strategies need, such as an allocator; made on first use. */
    <T> T shared(Class<T> type, Function<ServerContext, T> factory);
}
