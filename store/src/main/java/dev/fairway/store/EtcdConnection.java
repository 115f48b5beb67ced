package dev.fairway.store;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Watch;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContextBuilder;
import java.time.Duration;
import javax.net.ssl.SSLException;

/**
 * The connection to a cluster. When all members are gone, gRPC waits longer and longer before it tries to connect again, up
 * to minutes; so that work goes on soon after they are back, a connection that does not work is replaced by a new one.
 */
final class EtcdConnection implements AutoCloseable {

    private static final Duration KEEPALIVE = Duration.ofSeconds(5);
    /** How old a connection is at least when it is replaced. */
    private static final Duration TRIAL = Duration.ofSeconds(2);

    private final ClientBuilder builder;
    private volatile Client client;
    private volatile Runnable renewed = () -> { };
    private long since = System.nanoTime();
    private boolean closed;

    EtcdConnection(EtcdOptions options) throws SSLException {
        builder = Client.builder().endpoints(options.endpoints())
                .loadBalancerPolicy("round_robin")
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .keepaliveTime(KEEPALIVE).keepaliveTimeout(KEEPALIVE).keepaliveWithoutCalls(true)
                .connectTimeout(options.timeout())
                // Who waits for a connection does not hear why there is none; asking again is EtcdCalls' business.
                .waitForReady(false)
                .retryMaxAttempts(0);
        if (options.tls().isPresent()) {
            EtcdOptions.Tls tls = options.tls().get();
            SslContextBuilder context = GrpcSslContexts.forClient();
            tls.authority().ifPresent(authority -> context.trustManager(authority.toFile()));
            if (tls.certificate().isPresent()) {
                context.keyManager(tls.certificate().get().toFile(), tls.key().get().toFile());
            }
            builder.sslContext(context.build());
        }
        client = builder.build();
    }

    KV kv() {
        return client.getKVClient();
    }

    Watch watch() {
        return client.getWatchClient();
    }

    /** Something to be done whenever there is a new connection: what went on over the old one has ended. */
    void onRenewed(Runnable action) {
        renewed = action;
    }

    /** Replaces the connection, unless it is a new one. */
    void renew() {
        Client old;
        synchronized (this) {
            if (closed || System.nanoTime() - since < TRIAL.toNanos()) {
                return;
            }
            since = System.nanoTime();
            old = client;
            client = builder.build();
        }
        Thread.ofVirtual().name("store-etcd-close").start(old::close);
        renewed.run();
    }

    @Override
    public synchronized void close() {
        closed = true;
        client.close();
    }
}
