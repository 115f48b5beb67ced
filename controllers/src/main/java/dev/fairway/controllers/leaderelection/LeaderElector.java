package dev.fairway.controllers.leaderelection;

import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ApiException;
import dev.fairway.kube.events.EventRecorder;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Tries to hold a Lease, for as long as it is open. {@code started} runs when it is won; {@code stopped} runs when
 * it is lost or closed, before anybody else can have won it.
 */
public final class LeaderElector implements AutoCloseable {
    private static final Logger LOG = System.getLogger(LeaderElector.class.getName());

    private final ApiClient client;
    private final LeaderElectionConfig config;
    private final InstantSource clock;
    private final Runnable started;
    private final Runnable stopped;
    private final EventRecorder events;
    private final Thread thread;
    private volatile boolean closed;
    private boolean leading;
    private Optional<KubeObject> seen = Optional.empty();
    private Instant seenAt = Instant.MIN;

    public LeaderElector(
            ApiClient client, LeaderElectionConfig config, InstantSource clock, Runnable started, Runnable stopped) {
        this.client = client;
        this.config = config;
        this.clock = clock;
        this.started = started;
        this.stopped = stopped;
        this.events = new EventRecorder(client, config.name(), "", clock);
        this.thread = Thread.ofVirtual().name("leader-elector").unstarted(this::run);
    }

    public LeaderElector start() {
        thread.start();
        return this;
    }

    private void run() {
        Instant renewed = clock.instant();
        while (!closed) {
            if (tryOnce()) {
                renewed = clock.instant();
                if (!leading) {
                    leading = true;
                    seen.ifPresent(lease ->
                            events.normal(lease, "LeaderElection", config.identity() + " became leader"));
                    started.run();
                }
            } else if (leading && (lost() || clock.instant().isAfter(renewed.plus(config.renewDeadline())))) {
                LOG.log(Level.WARNING, "{0} no longer holds the lease {1}", config.identity(), config.name());
                leading = false;
                stopped.run();
            }
            pause(config.retryPeriod());
        }
        if (leading) {
            leading = false;
            stopped.run();
            release();
        }
    }

    private boolean lost() {
        return seen.filter(lease -> !LeaseState.holder(lease).equals(config.identity())).isPresent();
    }

    private boolean tryOnce() {
        try {
            Optional<KubeObject> now = client.find(ResourceType.LEASES, config.namespace(), config.name());
            if (now.isPresent() && !now.equals(seen)) {
                note(now.get());
            }
            if (now.isPresent() && !LeaseState.free(now.get(), config.identity(), seenAt, clock.instant())) {
                return false;
            }
            KubeObject held = LeaseState.held(config, now, clock.instant());
            note(now.isEmpty()
                    ? client.create(ResourceType.LEASES, held)
                    : client.update(ResourceType.LEASES, held));
            return true;
        } catch (ApiException e) {
            LOG.log(e.conflict() || e.alreadyExists() || closed ? Level.DEBUG : Level.WARNING,
                    "lease {0}: {1}", config.name(), e.getMessage());
            return false;
        }
    }

    private void note(KubeObject lease) {
        seen = Optional.of(lease);
        seenAt = clock.instant();
    }

    private synchronized void pause(Duration time) {
        if (!closed) {
            try {
                wait(time.toMillis());
            } catch (InterruptedException e) {
                // Nobody interrupts this thread but to end it.
                closed = true;
            }
        }
    }

    private void release() {
        try {
            if (seen.isPresent()) {
                client.update(ResourceType.LEASES, LeaseState.released(seen.get(), clock.instant()));
            }
        } catch (ApiException e) {
            LOG.log(Level.DEBUG, "lease {0} was not given back: {1}", config.name(), e.getMessage());
        }
    }

    /** Gives the Lease back and waits until {@code stopped} has run. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        try {
            thread.join(config.renewDeadline());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        events.close();
    }
}
