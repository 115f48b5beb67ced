package dev.fairway.proxy;

import dev.fairway.kube.ObjectKey;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.state.DesiredState;
import dev.fairway.proxy.state.ServiceState;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** A dataplane in memory that takes states as told, holds back syncs, or fails. */
final class FakeDataplane implements Dataplane {
    /** One call: the Services that it was told of, or none of them for a reconcile. */
    record Call(boolean reconcile, Set<ObjectKey> changed) {}

    final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
    final AtomicInteger failures = new AtomicInteger();
    /** The Services that it sets aside. */
    final Set<ObjectKey> refused = ConcurrentHashMap.newKeySet();
    /** A permit lets one call through. */
    final Semaphore permits = new Semaphore(Integer.MAX_VALUE);
    private final IpFamily family;
    private final Map<ObjectKey, ServiceState> applied = new TreeMap<>();
    private volatile Optional<Runnable> watcher = Optional.empty();

    FakeDataplane(IpFamily family) {
        this.family = family;
    }

    @Override
    public IpFamily family() {
        return family;
    }

    synchronized Map<ObjectKey, ServiceState> applied() {
        return Map.copyOf(applied);
    }

    void disturb() {
        watcher.orElseThrow().run();
    }

    @Override
    public SyncResult sync(DesiredState state, Set<ObjectKey> changed) throws IOException {
        return take(new Call(false, Set.copyOf(changed)), state, List.copyOf(changed));
    }

    @Override
    public SyncResult reconcile(DesiredState state) throws IOException {
        synchronized (this) {
            applied.clear();
        }
        return take(new Call(true, Set.of()), state, state.services().stream().map(ServiceState::key).toList());
    }

    private SyncResult take(Call call, DesiredState state, List<ObjectKey> keys) throws IOException {
        permits.acquireUninterruptibly();
        if (failures.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            calls.add(call);
            throw new IOException("told to fail");
        }
        Map<ObjectKey, String> failed = new TreeMap<>();
        refused.forEach(key -> failed.put(key, "told to refuse"));
        synchronized (this) {
            keys.stream().filter(key -> !failed.containsKey(key)).forEach(key ->
                    state.service(key).ifPresentOrElse(s -> applied.put(key, s), () -> applied.remove(key)));
        }
        calls.add(call);
        return new SyncResult(call.reconcile(), failed, Map.of(), Map.of());
    }

    @Override
    public void watch(Runnable disturbed) {
        watcher = Optional.of(disturbed);
    }

    @Override
    public void close() {
        watcher = Optional.empty();
    }
}
