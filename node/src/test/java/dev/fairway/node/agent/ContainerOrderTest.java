package dev.fairway.node.agent;

import static dev.fairway.node.agent.RunningNode.condition;
import static dev.fairway.node.agent.RunningNode.container;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.DeleteOptions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Init containers, sidecars, probes and hooks: what happens to which container, and in what order. */
final class ContainerOrderTest {
    @RegisterExtension
    final RunningNode node = new RunningNode();

    private void end(String container, int exitCode) throws InterruptedException {
        node.fake.running.get(container).end(exitCode);
    }

    private static boolean running(KubeObject pod, String list, int index) {
        return pod.at("/status/" + list + "/" + index + "/state").has("running");
    }

    @Test
    void initContainersRunOneAfterTheOtherBeforeTheRest() throws Exception {
        node.create("init", """
                "initContainers":[{"name":"i1","image":"fake/i"},{"name":"i2","image":"fake/i"}],
                "containers":[{"name":"web","image":"fake/web"}]""");
        KubeObject first = node.await("init", "first", pod -> running(pod, "initContainerStatuses", 0));
        assertEquals("Pending", first.string("/status/phase"));
        assertEquals("False", condition(first, "Initialized"));
        assertEquals("PodInitializing", container(first, 0).at("/state/waiting/reason").asString(""));
        end("i1", 0);
        node.await("init", "second", pod -> running(pod, "initContainerStatuses", 1));
        end("i2", 0);
        KubeObject pod = node.awaitReady("init");
        assertEquals("True", condition(pod, "Initialized"));
        assertEquals("Completed", pod.string("/status/initContainerStatuses/0/state/terminated/reason"));
        assertEquals(List.of("start i1", "end i1 0", "start i2", "end i2 0", "start web"), node.fake.history);
    }

    @Test
    void anInitContainerThatFailsIsTriedAgainOrFailsThePod() throws Exception {
        node.fake.endsAtOnce("bad", 1);
        node.create("retry", "\"initContainers\":[{\"name\":\"bad\",\"image\":\"fake/i\"}],\"containers\":[{\"name\":\"web\",\"image\":\"fake/web\"}]");
        node.await("retry", "backs off", pod ->
                pod.string("/status/initContainerStatuses/0/state/waiting/reason").equals("CrashLoopBackOff"));
        node.create("never", "\"restartPolicy\":\"Never\",\"initContainers\":[{\"name\":\"bad\",\"image\":\"fake/i\"}],\"containers\":[{\"name\":\"web\",\"image\":\"fake/web\"}]");
        node.await("never", "failed", pod -> pod.string("/status/phase").equals("Failed"));
        assertTrue(node.fake.history.stream().noneMatch("start web"::equals));
    }

    @Test
    void aSidecarRunsBesideTheOthersAndEndsAfterThem() throws Exception {
        node.create("side", """
                "terminationGracePeriodSeconds":5,
                "initContainers":[{"name":"log","image":"fake/log","restartPolicy":"Always"},{"name":"i","image":"fake/i"}],
                "containers":[{"name":"web","image":"fake/web"}]""");
        node.await("side", "init", pod -> running(pod, "initContainerStatuses", 1));
        end("i", 0);
        KubeObject pod = node.awaitReady("side");
        assertTrue(running(pod, "initContainerStatuses", 0));
        end("log", 1);
        node.await("side", "sidecar again", each -> each.at("/status/initContainerStatuses/0/restartCount").asInt(0) == 1
                && condition(each, "Ready").equals("True"));
        node.client().delete(ResourceType.PODS, "default", "side", DeleteOptions.DEFAULT);
        node.awaitGone("side");
        List<String> ends = node.fake.history.stream().filter(each -> each.startsWith("end")).toList();
        assertEquals(List.of("end i 0", "end log 1", "end web 143", "end log 143"), ends);
    }

    @Test
    void aSidecarDoesNotKeepAJobAlive() throws Exception {
        node.create("job", """
                "restartPolicy":"Never","initContainers":[{"name":"log","image":"fake/log","restartPolicy":"Always"}],
                "containers":[{"name":"work","image":"fake/work"}]""");
        node.awaitReady("job");
        end("work", 0);
        KubeObject done = node.await("job", "done", pod -> pod.string("/status/phase").equals("Succeeded"));
        assertEquals("end log 143", node.fake.history.getLast());
        assertEquals(143, done.at("/status/initContainerStatuses/0/state/terminated/exitCode").asInt(0));
        assertEquals(0, done.at("/status/initContainerStatuses/0/restartCount").asInt(-1));
    }

    @Test
    void readinessFollowsItsProbe() throws Exception {
        node.fake.answer("/ready", 1, "not yet");
        node.create("probed", """
                "containers":[{"name":"web","image":"fake/web",
                 "readinessProbe":{"exec":{"command":["/ready"]},"periodSeconds":1,"failureThreshold":1}}]""");
        assertTrue(node.awaitEvents("probed", "Unhealthy").contains("Unhealthy: Readiness probe failed: not yet"));
        KubeObject unready = node.await("probed", "runs", pod -> running(pod, "containerStatuses", 0));
        assertEquals("False", condition(unready, "Ready"));
        assertEquals("containers with unready status: [web]", unready.at("/status/conditions").valueStream()
                .filter(each -> each.path("type").asString("").equals("Ready")).findFirst().orElseThrow().path("message").asString(""));
        node.fake.answer("/ready", 0, "");
        KubeObject ready = node.awaitReady("probed");
        assertTrue(ready.at("/status/conditions").valueStream().noneMatch(each -> each.hasNonNull("message")), ready::toString);
        node.fake.answer("/ready", 1, "no more");
        node.await("probed", "unready again", pod -> condition(pod, "Ready").equals("False"));
        assertEquals(0, container(ready, 0).path("restartCount").asInt(-1));
    }

    @Test
    void aContainerThatFailsItsLivenessProbeIsKilledAndStartedAgain() throws Exception {
        node.fake.answer("/alive", 1, "dead");
        node.create("dead", """
                "terminationGracePeriodSeconds":9,
                "containers":[{"name":"web","image":"fake/web","livenessProbe":
                 {"exec":{"command":["/alive"]},"periodSeconds":1,"failureThreshold":1,"terminationGracePeriodSeconds":4}}]""");
        node.await("dead", "restarted", pod -> container(pod, 0).path("restartCount").asInt(0) == 1);
        assertTrue(node.fake.history.contains("stop web 4"), node.fake.history::toString);
        assertTrue(node.awaitEvents("dead", "Killing").contains("Killing: Container web failed liveness probe, will be restarted"));
    }

    @Test
    void otherProbesWaitForTheStartupProbe() throws Exception {
        node.fake.answer("/up", 1, "");
        node.create("slow", """
                "containers":[{"name":"web","image":"fake/web",
                 "startupProbe":{"exec":{"command":["/up"]},"periodSeconds":1,"failureThreshold":100},
                 "readinessProbe":{"exec":{"command":["/ready"]},"periodSeconds":1}}]""");
        KubeObject pod = node.await("slow", "runs", each -> running(each, "containerStatuses", 0));
        assertEquals(false, container(pod, 0).path("started").asBoolean(true));
        node.awaitEvents("slow", "Unhealthy");
        assertTrue(node.fake.history.stream().noneMatch("exec web /ready"::equals));
        node.fake.answer("/up", 0, "");
        assertEquals(true, container(node.awaitReady("slow"), 0).path("started").asBoolean(false));
    }

    @Test
    void hooksRunAfterTheStartAndBeforeTheStop() throws Exception {
        node.create("hooked", """
                "containers":[{"name":"web","image":"fake/web","lifecycle":{
                 "postStart":{"exec":{"command":["/hello"]}},"preStop":{"exec":{"command":["/bye"]}}}}]""");
        node.awaitReady("hooked");
        node.client().delete(ResourceType.PODS, "default", "hooked", DeleteOptions.DEFAULT.withGracePeriod(20));
        node.awaitGone("hooked");
        assertEquals(List.of("start web", "exec web /hello", "exec web /bye"), node.fake.history.subList(0, 3));
        assertTrue(node.fake.history.get(3).startsWith("stop web"), node.fake.history::toString);
    }

    @Test
    void aFailedPostStartHookEndsTheContainer() throws Exception {
        node.fake.answer("/hello", 1, "the password is wrong");
        node.create("hooked", """
                "restartPolicy":"Never",
                "containers":[{"name":"web","image":"fake/web","lifecycle":{"postStart":{"exec":{"command":["/hello"]}}}}]""");
        node.await("hooked", "failed", pod -> pod.string("/status/phase").equals("Failed"));
        List<String> events = node.awaitEvents("hooked", "FailedPostStartHook", "Killing");
        assertTrue(events.contains("FailedPostStartHook: PostStartHook failed"), events::toString);
        assertTrue(events.stream().noneMatch(each -> each.contains("password")));
    }
}
