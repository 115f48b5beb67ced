package dev.fairway.controllers;

import dev.fairway.controllers.leaderelection.LeaderElector;
import dev.fairway.kube.client.ApiClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Runs all controllers and the scheduler, or waits for its turn to: with leader election configured, only while
 * this process holds the Lease.
 */
public final class ControllerManager implements AutoCloseable {
    private final ApiClient client;
    private final ControllerConfig config;
    private final InstantSource clock;
    private Optional<ControllerSet> running = Optional.empty();
    private Optional<LeaderElector> elector = Optional.empty();
    private boolean closed;

    public ControllerManager(ApiClient client, ControllerConfig config) {
        this(client, config, InstantSource.system());
    }

    public ControllerManager(ApiClient client, ControllerConfig config, InstantSource clock) {
        this.client = client;
        this.config = config;
        this.clock = clock;
    }

    /** Begins and returns at once; the server may come up later. */
    public synchronized ControllerManager start() {
        if (config.leaderElection().isEmpty()) {
            startControllers();
        } else {
            elector = config.leaderElection().map(election -> new LeaderElector(
                    client, election, clock, this::startControllers, this::stopControllers).start());
        }
        return this;
    }

    private synchronized void startControllers() {
        if (!closed && running.isEmpty()) {
            ControllerSet set = new ControllerSet(client, config, clock);
            running = Optional.of(set);
            set.start();
            notifyAll();
        }
    }

    private synchronized void stopControllers() {
        running.ifPresent(ControllerSet::close);
        running = Optional.empty();
    }

    /** True while this process runs the controllers. */
    public synchronized boolean leading() {
        return running.isPresent();
    }

    /** Waits until the controllers work on what they know of the cluster; false when the time passed before. */
    public boolean awaitReady(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        ControllerSet set;
        synchronized (this) {
            while (running.isEmpty()) {
                long left = (deadline - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    return false;
                }
                wait(left);
            }
            set = running.get();
        }
        return set.awaitReady(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
    }

    /** Stops everything and gives the Lease back. */
    @Override
    public void close() {
        Optional<LeaderElector> held;
        synchronized (this) {
            closed = true;
            held = elector;
        }
        // Not under the lock: the elector's own thread stops the controllers.
        held.ifPresent(LeaderElector::close);
        stopControllers();
    }
}
