package dev.fairway.apiserver;

import dev.fairway.apiserver.authn.Authenticator;
import dev.fairway.apiserver.authn.ClientCertificateAuthenticator;
import dev.fairway.apiserver.authn.ServiceAccountAuthenticator;
import dev.fairway.apiserver.authn.UnknownTokens;
import dev.fairway.apiserver.authz.Authorizer;
import dev.fairway.apiserver.authz.RbacAuthorizer;
import dev.fairway.apiserver.authz.RbacBootstrap;
import dev.fairway.apiserver.builtin.BuiltinResources;
import dev.fairway.apiserver.config.ApiServerConfig;
import dev.fairway.apiserver.crd.CustomResources;
import dev.fairway.apiserver.discovery.Health;
import dev.fairway.apiserver.front.Front;
import dev.fairway.apiserver.front.IssuerDiscovery;
import dev.fairway.apiserver.front.Metrics;
import dev.fairway.apiserver.handler.Hooks;
import dev.fairway.apiserver.handler.ResourceServer;
import dev.fairway.apiserver.http.HttpFront;
import dev.fairway.apiserver.local.LocalTransport;
import dev.fairway.apiserver.openapi.OpenApi;
import dev.fairway.apiserver.registry.ResourceTable;
import dev.fairway.apiserver.registry.ServerContext;
import dev.fairway.apiserver.tls.ClientCertificates;
import dev.fairway.apiserver.tls.KeyAndCertificate;
import dev.fairway.apiserver.tls.Kubeconfig;
import dev.fairway.apiserver.tls.Pki;
import dev.fairway.apiserver.tls.ServerTls;
import dev.fairway.apiserver.user.UserInfo;
import dev.fairway.kube.client.ApiTransport;
import dev.fairway.store.Compactor;
import dev.fairway.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import javax.net.ssl.SSLContext;

/**
 * A Kubernetes API server in this process, on top of a {@link Store} that it neither opens nor closes.
 *
 * <p>{@link Builder#start} returns when the server answers. It can also be asked without HTTP: {@link #transport}.
 */
public final class ApiServer implements AutoCloseable {
    private final ApiServerConfig config;
    private final Pki pki;
    private final Front front;
    private final ResourceServer resources;
    private final CustomResources customResources;
    private final HttpFront http;
    private final CompletableFuture<Void> rolesMade;
    private final Health health = new Health();

    private ApiServer(Builder builder) {
        this.config = builder.config;
        // Most of a start is class loading; what does not depend on each other loads side by side.
        CompletableFuture<Void> warm = CompletableFuture.runAsync(HttpFront::warmUp);
        CompletableFuture<Tls> tls = CompletableFuture.supplyAsync(() -> Tls.open(config));
        ResourceTable table = new ResourceTable(BuiltinResources.all());
        Hooks hooks = builder.hooks;
        Store store = builder.store;
        this.resources = new ResourceServer(config, table, store, hooks, ignored -> transport("kube-apiserver"));
        health.addLive("etcd", store::revision);
        health.addReady("etcd-readiness", store::revision);
        List<Front.PathHandler> paths = new ArrayList<>(builder.paths);
        paths.add(new OpenApi(table, (row, version) -> customResources().openApi(row, version)));
        paths.add(new IssuerDiscovery(resources));
        Authorizer authorizer = resources.shared(Authorizer.class, builder.authorizer);
        this.front = new Front(resources, authorizer, health, new Metrics(), paths);
        new Bootstrap(resources, transport("kube-apiserver")).run();
        this.customResources = new CustomResources(resources, store, resources.hubs(), transport("kube-apiserver"));
        health.addLive("poststarthook/crd-informer-synced", customResources::requireFollowing);
        this.pki = joined(tls).pki;
        joined(warm);
        ClientCertificates certificates = new ClientCertificates(pki.authority().self().certificate(), config.clock());
        List<Authenticator> authenticators = new ArrayList<>(List.of(new ClientCertificateAuthenticator(),
                new ServiceAccountAuthenticator(resources)));
        builder.authenticators.forEach(each -> authenticators.add(each.apply(resources)));
        authenticators.add(new UnknownTokens());
        this.http = new HttpFront(config, front,
                resources.shared(Authenticator.class, ignored -> credentials -> authenticators.stream()
                        .map(each -> each.authenticate(credentials)).flatMap(Optional::stream).findFirst()),
                certificates::isTrustedRemembering,
                joined(tls).context);
        resources.closeWith(Compactor.start(store, Compactor.Retention.DEFAULT));
        if (authorizer instanceof RbacAuthorizer) {
            rolesMade = RbacBootstrap.start(resources).defaultsMade();
            health.addLive("poststarthook/rbac/bootstrap-roles", () -> {
                if (!rolesMade.isDone() || rolesMade.isCompletedExceptionally()) {
                    throw new IllegalStateException("the default roles are not there yet");
                }
            });
        } else {
            rolesMade = CompletableFuture.completedFuture(null);
        }
    }

    private record Tls(Pki pki, SSLContext context) {
        static Tls open(ApiServerConfig config) {
            Pki pki = Pki.open(config);
            return new Tls(pki, ServerTls.context(pki.serving(config), pki.authority().self().certificate()));
        }
    }

    private static <T> T joined(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** A server to be. */
    public static Builder builder(ApiServerConfig config, Store store) {
        return new Builder(config, store);
    }

    private CustomResources customResources() {
        return customResources;
    }

    /** The port on which it listens. */
    public int port() {
        return http.port();
    }

    /** The URL for clients on this machine. */
    public String url() {
        String host = config.listen().getAddress().isAnyLocalAddress() ? "127.0.0.1"
                : config.listen().getAddress().getHostAddress();
        return "https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port();
    }

    /** Completes when the default roles are there: components with a role of their own have their rights from then on. */
    public CompletableFuture<Void> rolesMade() {
        return rolesMade.copy();
    }

    /** The keys and certificates. */
    public Pki pki() {
        return pki;
    }

    /** What the parts of the server know of each other. */
    public ServerContext context() {
        return resources;
    }

    /** The API without HTTP, with every right. */
    public ApiTransport transport(String userAgent) {
        return new LocalTransport(front, UserInfo.APISERVER, userAgent);
    }

    /** The API without HTTP, on behalf of a user. */
    public ApiTransport transport(UserInfo user, String userAgent) {
        return new LocalTransport(front, user, userAgent);
    }

    /** A kubeconfig for an administrator, reaching the server at {@link #url()}. */
    public String adminKubeconfig() {
        return adminKubeconfig(url());
    }

    /** A kubeconfig for an administrator, reaching the server at a URL. */
    public String adminKubeconfig(String url) {
        KeyAndCertificate admin = pki.client("admin", "kubernetes-admin", List.of(UserInfo.MASTERS));
        return Kubeconfig.of("fairway", url, pki.authorityPem(), admin);
    }

    /** A kubeconfig for another user, whose certificate is kept as {@code <file>.crt} in the PKI directory. */
    public String kubeconfig(String file, String user, List<String> groups, String url) {
        return Kubeconfig.of("fairway", url, pki.authorityPem(), pki.client(file, user, groups));
    }

    /** Says from now on that it is not ready; it goes on serving until it is closed. */
    public void stopping() {
        health.stopping();
    }

    /** Stops listening, ends all watches, and lets running requests finish for half a second. */
    @Override
    public void close() {
        stopping();
        http.close();
        customResources.close();
        resources.close();
    }

    /** Collects the parts of a server. */
    public static final class Builder {
        private final ApiServerConfig config;
        private final Store store;
        private final List<Function<ServerContext, Authenticator>> authenticators = new ArrayList<>();
        private final List<Front.PathHandler> paths = new ArrayList<>();
        private Function<ServerContext, Authorizer> authorizer = RbacAuthorizer::of;
        private Hooks hooks = Hooks.BUILTIN;

        private Builder(ApiServerConfig config, Store store) {
            this.config = config;
            this.store = store;
        }

        /** What the verbs are told by other parts. */
        public Builder hooks(Hooks parts) {
            this.hooks = parts;
            return this;
        }

        /** A further way to tell who asks, after client certificates and the tokens of ServiceAccounts. */
        public Builder authenticator(Function<ServerContext, Authenticator> further) {
            this.authenticators.add(further);
            return this;
        }

        /** Who may do what; role-based access control where this is not called. */
        public Builder authorizer(Function<ServerContext, Authorizer> judge) {
            this.authorizer = judge;
            return this;
        }

        /** Serves paths beside the resources. */
        public Builder paths(Front.PathHandler handler) {
            this.paths.add(handler);
            return this;
        }

        /**
         * Starts the server.
         *
         * @throws java.io.UncheckedIOException when an address or the data directory cannot be used
         */
        public ApiServer start() {
            return new ApiServer(this);
        }
    }
}
