package dev.fairway.apiserver.fairness;

import static dev.fairway.testkit.Await.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.apiserver.user.UserInfo;
import dev.fairway.apiserver.fairness.Flow.Level;
import dev.fairway.apiserver.request.Request;
import dev.fairway.apiserver.request.RequestInfo;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class FlowControlTest {

    @ParameterizedTest
    @CsvSource({
        "system:apiserver,system:masters,GET,/api/v1/pods,EXEMPT",
        "kubernetes-admin,system:masters,GET,/api/v1/pods,GLOBAL_DEFAULT",
        "jane,,GET,/readyz,EXEMPT",
        "jane,,GET,/livez/etcd,EXEMPT",
        "jane,,GET,/apis,GLOBAL_DEFAULT",
        "jane,,PUT,/apis/coordination.k8s.io/v1/namespaces/n/leases/l,LEADER_ELECTION",
        "system:node:a,system:nodes,PATCH,/api/v1/nodes/a/status,LEADER_ELECTION",
        "system:node:a,system:nodes,GET,/api/v1/nodes/a,SYSTEM",
        "system:kube-proxy,,GET,/api/v1/services,SYSTEM",
        "system:serviceaccount:kube-system:dns,system:serviceaccounts:kube-system,GET,/api/v1/services,SYSTEM",
        "system:serviceaccount:a:b,system:serviceaccounts,GET,/api/v1/services,WORKLOAD",
        "system:anonymous,system:unauthenticated,GET,/api/v1/services,CATCH_ALL",
    })
    void requestsGoToTheirLevel(String user, String group, String method, String path, Level level) {
        Request request = new Request(method, path, Map.of(), Map.of("user-agent", List.of("kubectl/v1 (linux)")), new byte[0],
                new UserInfo(user, "", group == null ? List.of() : List.of(group), Map.of()));
        assertEquals(new Flow(level, user + " kubectl/v1"), Flow.of(request, RequestInfo.of(request)));
    }

    @Test
    void aGreedyFlowWaitsBehindItselfOnly() throws Exception {
        Turns turns = new Turns(1, 100, 1_000);
        assertSame(Turns.Outcome.SEATED, turns.take("greedy", 1, TimeUnit.SECONDS));
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            threads.add(queue(turns, "greedy", order));
        }
        until(() -> turns.waiting() == 50);
        threads.add(queue(turns, "modest", order));
        threads.add(queue(turns, "other", order));
        until(() -> turns.waiting() == 52);
        turns.giveBack();
        for (Thread thread : threads) {
            thread.join();
        }
        assertTrue(order.indexOf("modest") <= 2, order.toString());
        assertTrue(order.indexOf("other") <= 3, order.toString());
        assertEquals(52, order.size());
        assertEquals(0, turns.taken());
        assertEquals(0, turns.waiting());
    }

    private static Thread queue(Turns turns, String flow, List<String> order) {
        return Thread.ofVirtual().start(() -> {
            try {
                assertSame(Turns.Outcome.SEATED, turns.take(flow, 30, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            order.add(flow);
            turns.giveBack();
        });
    }

    @Test
    void queuesAreBounded() throws Exception {
        Turns turns = new Turns(1, 2, 3);
        assertSame(Turns.Outcome.SEATED, turns.take("a", 1, TimeUnit.SECONDS));
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>(List.of(queue(turns, "a", order), queue(turns, "a", order)));
        until(() -> turns.waiting() == 2);
        assertSame(Turns.Outcome.QUEUE_FULL, turns.take("a", 1, TimeUnit.SECONDS));
        threads.add(queue(turns, "b", order));
        until(() -> turns.waiting() == 3);
        assertSame(Turns.Outcome.QUEUE_FULL, turns.take("c", 1, TimeUnit.SECONDS));
        turns.giveBack();
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(3, order.size());
    }

    @Test
    void whoGivesUpTakesNoSeat() throws Exception {
        Turns turns = new Turns(1, 10, 10);
        assertSame(Turns.Outcome.SEATED, turns.take("a", 1, TimeUnit.SECONDS));
        assertSame(Turns.Outcome.TIME_OUT, turns.take("a", 1, TimeUnit.MILLISECONDS));
        Thread interrupted = Thread.ofVirtual().start(() -> {
            try {
                turns.take("a", 30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        until(() -> turns.waiting() == 1);
        interrupted.interrupt();
        interrupted.join();
        assertEquals(0, turns.waiting());
        turns.giveBack();
        assertEquals(0, turns.taken());
        assertSame(Turns.Outcome.SEATED, turns.take("b", 1, TimeUnit.MILLISECONDS));
    }

    @Test
    void aFullLevelLeavesTheOthersAlone() {
        FlowControl control = new FlowControl(new PrometheusRegistry());
        List<FlowControl.Seat> seats = new ArrayList<>();
        for (int i = 0; i < Level.GLOBAL_DEFAULT.seats(); i++) {
            seats.add(control.enter(new Flow(Level.GLOBAL_DEFAULT, "greedy")));
        }
        control.enter(new Flow(Level.LEADER_ELECTION, "lease")).close();
        control.enter(new Flow(Level.SYSTEM, "node")).close();
        control.enter(new Flow(Level.EXEMPT, "own")).close();
        Thread waiting = Thread.ofVirtual().start(() -> control.enter(new Flow(Level.GLOBAL_DEFAULT, "next")).close());
        until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
        seats.getFirst().close();
        until(() -> !waiting.isAlive());
    }
}
