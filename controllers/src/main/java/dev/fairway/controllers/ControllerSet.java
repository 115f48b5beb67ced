package dev.fairway.controllers;

import dev.fairway.controllers.clusterroleaggregation.ClusterRoleAggregation;
import dev.fairway.controllers.daemonset.DaemonSetController;
import dev.fairway.controllers.deployment.DeploymentController;
import dev.fairway.controllers.disruption.DisruptionController;
import dev.fairway.controllers.endpoints.EndpointsController;
import dev.fairway.controllers.endpointslice.EndpointSliceController;
import dev.fairway.controllers.endpointslicemirroring.MirroringController;
import dev.fairway.controllers.garbagecollector.GarbageCollector;
import dev.fairway.controllers.namespace.NamespaceController;
import dev.fairway.controllers.nodelifecycle.NodeLifecycleController;
import dev.fairway.controllers.podgc.PodGcController;
import dev.fairway.controllers.replicaset.ReplicaKind;
import dev.fairway.controllers.replicaset.ReplicaSetController;
import dev.fairway.controllers.runtime.Context;
import dev.fairway.controllers.runtime.Controller;
import dev.fairway.controllers.runtime.Informers;
import dev.fairway.controllers.scheduler.Scheduler;
import dev.fairway.controllers.serviceaccount.NamespaceDefaults;
import dev.fairway.controllers.serviceaccount.TokenSecrets;
import dev.fairway.controllers.servicecidr.AddressRepairController;
import dev.fairway.controllers.servicecidr.ServiceCidrController;
import dev.fairway.controllers.statefulset.StatefulSetController;
import dev.fairway.kube.client.ApiClient;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** All controllers over one set of informers, from start to close; one term of leadership. */
final class ControllerSet implements AutoCloseable {
    private static final Logger LOG = System.getLogger(ControllerSet.class.getName());
    private static final Duration SYNC_REPORT = Duration.ofSeconds(10);

    private final Informers informers;
    private final List<Controller> controllers;
    private final CountDownLatch ready = new CountDownLatch(1);
    private final Thread starter;
    private boolean closed;

    ControllerSet(ApiClient client, ControllerConfig config, InstantSource clock) {
        this.informers = new Informers(client);
        Context context = new Context(client, informers, clock);
        this.controllers = List.of(
                // First: what proxies wait for hears of each change before all others.
                new EndpointSliceController(context),
                new NamespaceDefaults(context, config.rootCa()),
                new TokenSecrets(context),
                new Scheduler(context),
                new DeploymentController(context),
                new ReplicaSetController(context, ReplicaKind.REPLICA_SET),
                new ReplicaSetController(context, ReplicaKind.REPLICATION_CONTROLLER),
                new StatefulSetController(context),
                new DaemonSetController(context),
                new EndpointsController(context),
                new MirroringController(context),
                new NodeLifecycleController(context, config.nodeMonitorGracePeriod()),
                new PodGcController(context),
                new DisruptionController(context),
                new ServiceCidrController(context),
                new AddressRepairController(context),
                new ClusterRoleAggregation(context),
                new NamespaceController(context),
                // Last: it takes up all informers that the others have asked for.
                new GarbageCollector(context));
        this.starter = Thread.ofVirtual().name("controllers-start").unstarted(this::run);
    }

    void start() {
        starter.start();
    }

    private void run() {
        informers.start();
        try {
            while (!informers.awaitSynced(SYNC_REPORT)) {
                LOG.log(Level.WARNING, "controllers still wait for their first lists");
            }
        } catch (InterruptedException e) {
            LOG.log(Level.DEBUG, "closed before the first lists came");
            return;
        }
        synchronized (this) {
            if (!closed) {
                controllers.forEach(Controller::start);
                ready.countDown();
            }
        }
    }

    boolean awaitReady(Duration timeout) throws InterruptedException {
        return ready.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public synchronized void close() {
        closed = true;
        starter.interrupt();
        controllers.forEach(Controller::close);
        informers.close();
    }
}
