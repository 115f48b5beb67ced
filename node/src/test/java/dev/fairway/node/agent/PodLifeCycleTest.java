package dev.fairway.node.agent;

import static dev.fairway.node.agent.RunningNode.condition;
import static dev.fairway.node.agent.RunningNode.container;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.DeleteOptions;
import dev.fairway.kube.client.PatchType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of Pods, as their status and Events tell it. */
final class PodLifeCycleTest {
    @RegisterExtension
    final RunningNode node = new RunningNode();

    private static String containers(String image) {
        return "\"containers\":[{\"name\":\"web\",\"image\":\"" + image + "\"}]";
    }

    @Test
    void aPodOfAnImageThatIsRunHereBecomesReady() throws Exception {
        node.create("one", containers("fake/web"));
        KubeObject pod = node.awaitReady("one");
        assertEquals("Running", pod.string("/status/phase"));
        assertEquals("10.44.0.2", pod.string("/status/podIP"));
        assertEquals("10.44.0.2", pod.string("/status/podIPs/0/ip"));
        assertEquals(1, pod.at("/status/podIPs").size());
        assertEquals("172.30.0.1", pod.string("/status/hostIP"));
        assertEquals("BestEffort", pod.string("/status/qosClass"));
        for (String type : List.of("PodScheduled", "PodReadyToStartContainers", "Initialized", "ContainersReady")) {
            assertEquals("True", condition(pod, type), type);
        }
        assertEquals(0, container(pod, 0).path("restartCount").asInt(-1));
        assertTrue(container(pod, 0).path("started").asBoolean(false));
        assertTrue(container(pod, 0).path("containerID").asString("").matches("fairway-fake://[0-9a-f]{64}"));
        assertEquals(List.of(
                "Pulled: Container image \"fake/web\" already present on machine and can be accessed by the pod",
                "Created: Container created",
                "Started: Container started"), node.awaitEvents("one", "Pulled", "Created", "Started"));
    }

    @Test
    void anImageThatNoRuntimeHereRunsWaitsAndSaysWhatWouldRunIt() throws Exception {
        node.create("nginx", containers("nginx:1.29"));
        KubeObject pod = node.await("nginx", "waits", each -> !container(each, 0).at("/state/waiting/reason").asString("").isEmpty());
        assertEquals("Pending", pod.string("/status/phase"));
        assertEquals("RuntimeUnavailable", container(pod, 0).at("/state/waiting/reason").asString(""));
        String message = container(pod, 0).at("/state/waiting/message").asString("");
        assertTrue(message.contains("nginx:1.29") && message.contains("containerd"), message);
        assertEquals(List.of("Failed: Error: " + message), node.awaitEvents("nginx", "Failed"));
    }

    @Test
    void aNewImageThatIsRunHereIsStarted() throws Exception {
        node.create("fixed", containers("nginx"));
        node.await("fixed", "waits", each -> container(each, 0).at("/state/waiting/reason").asString("").equals("RuntimeUnavailable"));
        node.client().patch(ResourceType.PODS, "default", "fixed", PatchType.STRATEGIC_MERGE,
                Json.parseObject("{\"spec\":{\"containers\":[{\"name\":\"web\",\"image\":\"fake/web\"}]}}"));
        assertEquals("fake/web", container(node.awaitReady("fixed"), 0).path("image").asString(""));
    }

    @Test
    void aContainerThatKeepsEndingIsRestartedOnceAtOnceAndThenBacksOff() throws Exception {
        node.fake.endsAtOnce("web", 3);
        node.create("crash", containers("fake/crash"));
        KubeObject pod = node.await("crash", "backs off", each ->
                container(each, 0).at("/state/waiting/reason").asString("").equals("CrashLoopBackOff"));
        assertEquals(List.of("start web", "end web 3", "start web", "end web 3"), node.fake.history);
        assertEquals(1, container(pod, 0).path("restartCount").asInt(-1));
        assertEquals("Running", pod.string("/status/phase"));
        assertEquals("False", condition(pod, "Ready"));
        assertEquals(3, container(pod, 0).at("/lastState/terminated/exitCode").asInt(-1));
        assertEquals("Error", container(pod, 0).at("/lastState/terminated/reason").asString(""));
        String which = "crash_default(" + pod.uid() + ")";
        assertEquals("back-off 10s restarting failed container=web pod=" + which,
                container(pod, 0).at("/state/waiting/message").asString(""));
        assertTrue(node.awaitEvents("crash", "BackOff").contains("BackOff: Back-off restarting failed container web in pod " + which));
    }

    @Test
    void aContainerThatCannotBeStartedBacksOffToo() throws Exception {
        node.create("broken", containers("fake/broken"));
        KubeObject pod = node.await("broken", "backs off", each ->
                container(each, 0).at("/state/waiting/reason").asString("").equals("CrashLoopBackOff"));
        assertEquals("StartError", container(pod, 0).at("/lastState/terminated/reason").asString(""));
        assertEquals(128, container(pod, 0).at("/lastState/terminated/exitCode").asInt(-1));
    }

    @Test
    void aPodThatIsDoneGivesItsNetworkBackAndKeepsItsAddress() throws Exception {
        node.create("job", "\"restartPolicy\":\"Never\"," + containers("fake/job"));
        KubeObject running = node.awaitReady("job");
        node.fake.running.get("web").end(0);
        KubeObject pod = node.await("job", "done", each -> each.string("/status/phase").equals("Succeeded"));
        assertEquals("Completed", container(pod, 0).at("/state/terminated/reason").asString(""));
        assertEquals("False", condition(pod, "Ready"));
        assertEquals(running.string("/status/podIP"), pod.string("/status/podIP"));
        assertTrue(node.node().find(pod.uid()).isEmpty());
        assertTrue(node.agent().log(pod.uid(), "web", false).isPresent());
    }

    @Test
    void aPodThatFailsForGoodSaysSo() throws Exception {
        node.fake.endsAtOnce("web", 7);
        node.create("failed", "\"restartPolicy\":\"Never\"," + containers("fake/job"));
        KubeObject pod = node.await("failed", "failed", each -> each.string("/status/phase").equals("Failed"));
        assertEquals(7, container(pod, 0).at("/state/terminated/exitCode").asInt(-1));
    }

    @Test
    void gracefulDeletionStopsTheContainersAndThenTheObjectGoes() throws Exception {
        KubeObject pod = node.create("bye", "\"terminationGracePeriodSeconds\":7," + containers("fake/web"));
        node.awaitReady("bye");
        node.client().delete(ResourceType.PODS, "default", "bye", DeleteOptions.DEFAULT);
        node.awaitGone("bye");
        assertEquals(List.of("start web", "stop web 7", "end web 143"), node.fake.history);
        assertTrue(node.node().find(pod.uid()).isEmpty());
        assertTrue(node.awaitEvents("bye", "Killing").contains("Killing: Stopping container web"));
    }

    @Test
    void forcedDeletionEndsAllAtOnceAndTheNameIsFree() throws Exception {
        KubeObject first = node.create("again", containers("fake/web"));
        String address = node.awaitReady("again").string("/status/podIP");
        node.client().delete(ResourceType.PODS, "default", "again", DeleteOptions.DEFAULT.withGracePeriod(0));
        KubeObject second = node.create("again", containers("fake/web"));
        assertNotEquals(first.uid(), second.uid());
        KubeObject pod = node.await("again", "ready", each ->
                each.uid().equals(second.uid()) && condition(each, "Ready").equals("True"));
        assertNotEquals(address, pod.string("/status/podIP"));
        assertTrue(node.fake.history.contains("stop web 0"));
    }

    @Test
    void whatAnEarlierAgentRanIsStartedAgainAndCounts() throws Exception {
        node.create("old", containers("fake/web"));
        KubeObject before = node.awaitReady("old");
        node.stopAgent();
        assertTrue(node.node().find(before.uid()).isEmpty());
        node.startAgent();
        KubeObject after = node.await("old", "restarted", each -> container(each, 0).path("restartCount").asInt(0) == 1);
        assertEquals("True", condition(after, "Ready"));
        assertEquals(255, container(after, 0).at("/lastState/terminated/exitCode").asInt(-1));
        assertEquals(before.at("/status/startTime"), after.at("/status/startTime"));
        assertEquals(1, after.at("/status/podIPs").size());
        assertNotEquals(before.string("/status/podIP"), after.string("/status/podIP"));
    }

    @Test
    void aDoneOrDyingPodThatAnAgentFindsAtItsStartIsNotStarted() throws Exception {
        node.create("done", "\"restartPolicy\":\"Never\"," + containers("fake/web"));
        node.awaitReady("done");
        node.fake.running.get("web").end(0);
        node.await("done", "done", each -> each.string("/status/phase").equals("Succeeded"));
        node.stopAgent();
        node.create("dying", containers("fake/web"));
        node.client().delete(ResourceType.PODS, "default", "dying", DeleteOptions.DEFAULT);
        int starts = node.fake.history.size();
        node.startAgent();
        node.awaitGone("dying");
        node.client().delete(ResourceType.PODS, "default", "done", DeleteOptions.DEFAULT);
        node.awaitGone("done");
        assertEquals(starts, node.fake.history.size(), node.fake.history::toString);
    }

    @Test
    void aPodOnTheHostNetworkHasTheNodesAddress() throws Exception {
        node.create("host", "\"hostNetwork\":true," + containers("fake/web"));
        KubeObject pod = node.awaitReady("host");
        assertEquals(pod.string("/status/hostIP"), pod.string("/status/podIP"));
        assertEquals(node.node().namespace(), node.fake.running.get("web").spec.network().namespace());
    }

    @Test
    void conditionsOfOthersStayAndReadinessGatesCount() throws Exception {
        node.create("gated", "\"readinessGates\":[{\"conditionType\":\"example.com/go\"}]," + containers("fake/web"));
        node.await("gated", "containers ready", each -> condition(each, "ContainersReady").equals("True"));
        assertFalse(condition(node.client().get(ResourceType.PODS, "default", "gated"), "Ready").equals("True"));
        node.client().patchStatus(ResourceType.PODS, "default", "gated", PatchType.STRATEGIC_MERGE, Json.parseObject(
                "{\"status\":{\"conditions\":[{\"type\":\"example.com/go\",\"status\":\"True\"}]}}"));
        assertEquals("True", condition(node.awaitReady("gated"), "example.com/go"));
    }

    @Test
    void aPodThatIsActiveForTooLongFailsAndIsStopped() throws Exception {
        node.create("late", "\"activeDeadlineSeconds\":1,\"terminationGracePeriodSeconds\":3," + containers("fake/web"));
        node.awaitReady("late");
        KubeObject pod = node.await("late", "fails", each -> each.string("/status/phase").equals("Failed"));
        assertEquals("DeadlineExceeded", pod.string("/status/reason"));
        assertEquals("Pod was active on the node longer than the specified deadline", pod.string("/status/message"));
        assertEquals(143, container(pod, 0).at("/state/terminated/exitCode").asInt(0));
        assertEquals("False", condition(pod, "Ready"));
        assertEquals(List.of("start web", "stop web 3", "end web 143"), node.fake.history);
        assertTrue(node.awaitEvents("late", "DeadlineExceeded", "Killing").size() >= 2);
    }

    @Test
    void theLogIsTheLastMessageWhereThePolicySaysSo() throws Exception {
        node.fake.endsAtOnce("web", 7);
        node.create("silent", "\"restartPolicy\":\"Never\"," + containers("fake/web"));
        node.create("told", "\"restartPolicy\":\"Never\",\"containers\":[{\"name\":\"web\",\"image\":\"fake/web\","
                + "\"terminationMessagePolicy\":\"FallbackToLogsOnError\"}]");
        KubeObject told = node.await("told", "fails", each -> each.string("/status/phase").equals("Failed"));
        assertEquals("started fake/web\n", container(told, 0).at("/state/terminated/message").asString(""));
        KubeObject silent = node.await("silent", "fails", each -> each.string("/status/phase").equals("Failed"));
        assertTrue(container(silent, 0).at("/state/terminated/message").isMissingNode(), silent::toString);
    }

    @Test
    void aProgramDoesNotRunWithoutItsVolumes() throws Exception {
        node.create("mounts", """
                "containers":[{"name":"web","image":"fairway.local/host","command":["sleep","1000"],
                  "volumeMounts":[{"name":"data","mountPath":"/data"}]}],"volumes":[{"name":"data","emptyDir":{}}]""");
        KubeObject pod = node.await("mounts", "waits", each ->
                container(each, 0).at("/state/waiting/reason").asString("").equals("CreateContainerConfigError"));
        String message = container(pod, 0).at("/state/waiting/message").asString("");
        assertTrue(message.startsWith("volumeMounts[0]: volume \"data\" cannot be mounted at \"/data\""), message);
        node.create("account", """
                "containers":[{"name":"web","image":"fairway.local/host","command":["sleep","1000"],
                  "volumeMounts":[{"name":"token","mountPath":"/var/run/secrets/kubernetes.io/serviceaccount"}]}],
                "volumes":[{"name":"token","emptyDir":{}}]""");
        node.awaitReady("account");
        node.create("echo", """
                "containers":[{"name":"web","image":"fairway.local/echo","volumeMounts":[{"name":"data","mountPath":"/data"}]}],
                "volumes":[{"name":"data","emptyDir":{}}]""");
        node.awaitReady("echo");
    }

    @Test
    void aContainerIsToldItsResources() throws Exception {
        node.create("sized", """
                "containers":[{"name":"web","image":"fake/web","resources":{"limits":{"cpu":"1500m","memory":"64Mi"},"requests":{"cpu":"250m"}},
                 "env":[{"name":"CPUS","valueFrom":{"resourceFieldRef":{"resource":"limits.cpu"}}},
                        {"name":"MILLIS","valueFrom":{"resourceFieldRef":{"resource":"requests.cpu","divisor":"1m"}}},
                        {"name":"BYTES","valueFrom":{"resourceFieldRef":{"resource":"limits.memory"}}},
                        {"name":"MEGS","valueFrom":{"resourceFieldRef":{"resource":"limits.memory","divisor":"1Mi"}}},
                        {"name":"OF_OTHER","valueFrom":{"resourceFieldRef":{"containerName":"other","resource":"limits.cpu"}}}]},
                 {"name":"other","image":"fake/other"}]""");
        node.awaitReady("sized");
        var environment = node.fake.running.get("web").spec.environment();
        assertEquals(List.of("2", "250", "67108864", "64", Integer.toString(Runtime.getRuntime().availableProcessors())),
                List.of(environment.get("CPUS"), environment.get("MILLIS"), environment.get("BYTES"), environment.get("MEGS"),
                        environment.get("OF_OTHER")));
    }
}
