package dev.fairway.apiserver;

import dev.fairway.apiserver.registry.ServerContext;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiRequest;
import dev.fairway.kube.client.ApiResponse;
import dev.fairway.kube.client.ApiTransport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What every cluster has from the start: its namespaces. */
final class Bootstrap {
    private static final List<String> NAMESPACES = List.of("default", "kube-system", "kube-public", "kube-node-lease");

    private final ServerContext server;
    private final ApiTransport transport;

    Bootstrap(ServerContext server, ApiTransport transport) {
        this.server = server;
        this.transport = transport;
    }

    void run() {
        for (String name : NAMESPACES) {
            if (server.get(server.resources().require("", "namespaces"), "", name).isEmpty()) {
                create(ResourceType.NAMESPACES, KubeObject.of(ResourceType.NAMESPACES, "", name));
            }
        }
    }

    private void create(ResourceType type, KubeObject object) {
        ApiRequest request = ApiRequest.of("POST", type.path(object.namespace()))
                .withBody("application/json", object.bytes());
        try (ApiResponse response = transport.send(request)) {
            boolean done = response.status() == 201 || response.status() == 409;
            if (!done) {
                throw new IllegalStateException("cannot create " + type.kind() + " " + object.key() + ": HTTP "
                        + response.status() + " " + new String(response.body().readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while starting", e);
        }
    }
}
