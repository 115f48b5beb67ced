package dev.fairway.proxy;

import static dev.fairway.testkit.Await.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.kube.ObjectKey;
import dev.fairway.proxy.FakeDataplane.Call;
import dev.fairway.proxy.model.EndpointSlice;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.model.Node;
import dev.fairway.proxy.model.Service;
import dev.fairway.proxy.state.ProxyOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NodeProxyTest {
    private static final Service WEB = Objects.service("web", "10.100.0.1");
    private static final EndpointSlice WEB_SLICE = Objects.slice("web", "10.180.0.1");

    private final FakeDataplane dataplane = new FakeDataplane(IpFamily.IPV4);
    private final List<SyncReport> reports = new CopyOnWriteArrayList<>();
    private NodeProxy proxy = proxy(Duration.ZERO, Duration.ofSeconds(30));

    private NodeProxy proxy(Duration minSyncPeriod, Duration syncPeriod) {
        ProxyOptions base = ProxyOptions.defaults();
        ProxyOptions options = new ProxyOptions(base.detectLocal(), List.of(), false, 14, true, false, minSyncPeriod, syncPeriod);
        return new NodeProxy("node-a", options, List.of(dataplane), List::of, new SyncListener() {
            @Override
            public void synced(SyncReport report) {
                reports.add(report);
            }
        });
    }

    private void replace(NodeProxy other) {
        proxy.close();
        proxy = other;
    }

    @AfterEach
    void close() {
        dataplane.permits.release();
        proxy.close();
    }

    private void startWithBothLists() throws InterruptedException {
        proxy.put(Scenario.NODE);
        proxy.start();
        proxy.replaceServices(List.of(WEB));
        proxy.replaceSlices(List.of(WEB_SLICE));
        awaitSynced();
        assertTrue(nextCall().reconcile());
    }

    private void awaitSynced() throws InterruptedException {
        assertTrue(proxy.awaitSynced(Duration.ofSeconds(10)));
    }

    private Call nextCall() throws InterruptedException {
        Call call = dataplane.calls.poll(10, TimeUnit.SECONDS);
        assertNotNull(call, "no call came");
        return call;
    }

    @Test
    void aServiceThatWasSetAsideIsTriedAgain() throws InterruptedException {
        replace(proxy(Duration.ZERO, Duration.ofMillis(50)));
        dataplane.refused.add(WEB.key());
        startWithBothLists();
        for (int i = 0; i < 3; i++) {
            assertEquals(new Call(false, Set.of(WEB.key())), nextCall());
        }
        assertEquals(Map.of(), dataplane.applied());
        dataplane.refused.clear();
        assertEquals(new Call(false, Set.of(WEB.key())), nextCall());
        while (dataplane.applied().isEmpty()) {
            nextCall();
        }
        assertEquals(Set.of(WEB.key()), dataplane.applied().keySet());
    }

    @Test
    void nothingIsWrittenBeforeBothListsAreIn() throws InterruptedException {
        proxy.start();
        proxy.put(WEB);
        proxy.put(WEB_SLICE);
        proxy.replaceServices(List.of(WEB));
        assertFalse(proxy.awaitSynced(Duration.ofMillis(50)));
        assertTrue(dataplane.calls.isEmpty());
        proxy.replaceSlices(List.of(WEB_SLICE));
        awaitSynced();
        assertEquals(Set.of(WEB.key()), dataplane.applied().keySet());
    }

    @Test
    void aChangeIsPassedOnAloneAndReportedWithWhatWasBefore() throws InterruptedException {
        startWithBothLists();
        proxy.put(Objects.slice("web", "10.180.0.1", "10.180.0.2"));
        assertEquals(new Call(false, Set.of(WEB.key())), nextCall());
        awaitSynced();
        StateChange change = reports.getLast().changes().getFirst();
        assertEquals(1, change.before().orElseThrow().endpoints());
        assertEquals(2, change.after().orElseThrow().endpoints());
    }

    @Test
    void eventsThatChangeNothingCauseNoSync() throws InterruptedException {
        startWithBothLists();
        proxy.put(WEB);
        proxy.put(WEB_SLICE);
        proxy.put(Scenario.NODE);
        proxy.removeService(new ObjectKey("shop", "unknown"));
        proxy.put(Objects.slice("nobody", "10.180.0.9"));
        awaitSynced();
        assertTrue(dataplane.calls.isEmpty());
    }

    @Test
    void eventsDuringASyncAreMergedIntoTheNext() throws InterruptedException {
        startWithBothLists();
        dataplane.permits.drainPermits();
        proxy.put(Objects.slice("web", "10.180.0.2"));
        until(() -> dataplane.permits.hasQueuedThreads());
        for (int i = 0; i < 100; i++) {
            proxy.put(Objects.service("s" + i % 2, "10.100.1." + i));
        }
        dataplane.permits.release(Short.MAX_VALUE);
        assertEquals(Set.of(WEB.key()), nextCall().changed());
        assertEquals(Set.of(Objects.key("s0"), Objects.key("s1")), nextCall().changed());
        awaitSynced();
        assertTrue(dataplane.calls.isEmpty());
    }

    @Test
    void aBurstIsSpreadByMinSyncPeriodButALoneChangeIsNot() throws InterruptedException {
        replace(proxy(Duration.ofMillis(300), Duration.ofSeconds(30)));
        startWithBothLists();
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            proxy.put(Objects.service("web", "10.100.0." + (2 + i)));
            nextCall();
            times.add(System.nanoTime());
        }
        assertTrue(times.get(1) - times.get(0) >= Duration.ofMillis(290).toNanos());
        assertTrue(times.get(2) - times.get(1) >= Duration.ofMillis(290).toNanos());
    }

    @Test
    void aFailureIsTriedAgainWithEverything() throws InterruptedException {
        startWithBothLists();
        dataplane.failures.set(2);
        proxy.put(Objects.slice("web", "10.180.0.5"));
        assertFalse(nextCall().reconcile());
        assertTrue(nextCall().reconcile());
        assertTrue(nextCall().reconcile());
        awaitSynced();
        assertEquals("10.180.0.5:8080", dataplane.applied().get(WEB.key()).ports().getFirst().backends().all().getFirst()
                .toString());
        assertEquals(1, reports.getLast().changes().size());
    }

    @Test
    void aDisturbanceLeadsToAReconcile() throws InterruptedException {
        startWithBothLists();
        dataplane.disturb();
        assertTrue(nextCall().reconcile());
    }

    @Test
    void aListTellsWhatIsGone() throws InterruptedException {
        startWithBothLists();
        proxy.replaceServices(List.of(Objects.service("other", "10.100.0.9")));
        awaitSynced();
        assertEquals(Set.of(Objects.key("other")), dataplane.applied().keySet());
        proxy.replaceServices(List.of(WEB));
        proxy.replaceSlices(List.of());
        awaitSynced();
        assertEquals(0, dataplane.applied().get(WEB.key()).endpoints());
    }

    @Test
    void aZoneOfTheNodeChangesTheChoiceOfEndpoints() throws InterruptedException {
        startWithBothLists();
        proxy.put(new Node("node-a", "z9", Scenario.NODE.addresses(), Scenario.NODE.podCidrs()));
        assertTrue(nextCall().reconcile());
        awaitSynced();
        assertEquals("z9", reports.getLast().state().node().zone());
        proxy.put(new Node("node-z", "z1", List.of(), List.of()));
        awaitSynced();
        assertTrue(dataplane.calls.isEmpty());
    }
}
