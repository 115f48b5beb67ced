package dev.fairway.cli.cluster;

import static dev.fairway.testkit.Await.until;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.fairway.cli.cluster.FairwayProcess.Run;
import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ApiException;
import dev.fairway.kube.client.ClientConfig;
import dev.fairway.kube.client.HttpTransport;
import dev.fairway.kube.client.PatchType;
import dev.fairway.kube.client.Query;
import dev.fairway.kube.client.WatchStream;
import dev.fairway.testkit.etcd.EtcdCluster;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two servers, each a process, on one etcd of three members: one API, and no one of them is missed. */
@Timeout(300)
final class TwoServersTest {
    private static final int INCREMENTS = 40;

    @TempDir
    Path state;

    @Test
    void oneApiAndNoServerIsMissed() throws Exception {
        FairwayProcess one = new FairwayProcess("s1-" + ProcessHandle.current().pid() % 100_000, state);
        FairwayProcess two = new FairwayProcess("s2-" + ProcessHandle.current().pid() % 100_000, state);
        try (EtcdCluster etcd = EtcdCluster.ofMembers(3)) {
            up(one, etcd);
            up(two, etcd, "--keys-of", state.resolve(one.name()).resolve("pki").toString());
            try (HttpTransport first = transport(one); HttpTransport second = transport(two)) {
                ApiClient left = new ApiClient(first);
                ApiClient right = new ApiClient(second);
                writesOfOneAreReadAndWatchedAtTheOther(left, right);
                conflictsAreFoundAcrossServers(left, right);
                kill(one);
                theOtherServerGoesOn(right, "after-a-server");
                etcd.kill(0);
                theOtherServerGoesOn(right, "after-a-member");
            }
        } finally {
            one.run("down");
            two.run("down");
        }
    }

    private static void up(FairwayProcess server, EtcdCluster etcd, String... more) throws Exception {
        List<String> words = new ArrayList<>(List.of("up", "--detach", "--nodes", "0", "--port", "0", "--store", "etcd", "--etcd-servers",
                etcd.endpoints().stream().map(Object::toString).collect(Collectors.joining(","))));
        words.addAll(List.of(more));
        Run run = server.run(words.toArray(String[]::new));
        assertEquals(0, run.exit(), run.output());
    }

    private static HttpTransport transport(FairwayProcess server) throws Exception {
        return new HttpTransport(ClientConfig.fromKubeconfig(Path.of(server.run("kubeconfig", "--path").output().strip())));
    }

    private static void kill(FairwayProcess server) throws Exception {
        long pid = Json.parseObject(server.run("status", "-o", "json").output()).path("pid").asLong();
        ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
        process.destroyForcibly();
        process.onExit().get(30, TimeUnit.SECONDS);
    }

    private static KubeObject map(String name) {
        return KubeObject.parse("{\"metadata\":{\"name\":\"" + name + "\",\"namespace\":\"default\"},\"data\":{\"n\":\"0\"}}");
    }

    private static void writesOfOneAreReadAndWatchedAtTheOther(ApiClient left, ApiClient right) throws Exception {
        String from = right.list(ResourceType.CONFIG_MAPS, "default", Query.ALL).resourceVersion();
        try (WatchStream watch = right.watch(ResourceType.CONFIG_MAPS, "default", Query.fields("metadata.name!=kube-root-ca.crt").at(from))) {
            for (int i = 0; i < 20; i++) {
                KubeObject made = left.create(ResourceType.CONFIG_MAPS, map("m" + i));
                assertEquals(made.uid(), right.get(ResourceType.CONFIG_MAPS, "default", "m" + i).uid(), "read at once at the other");
            }
            for (int i = 0; i < 20; ) {
                var event = Json.parseObject(watch.nextFrame().orElseThrow());
                if (event.path("type").asString("").equals("ADDED")) {
                    assertEquals("m" + i++, event.at("/object/metadata/name").asString(""));
                }
            }
        }
    }

    /** Each adds to one number, with the version that it has read; none is lost. */
    private static void conflictsAreFoundAcrossServers(ApiClient left, ApiClient right) throws Exception {
        left.create(ResourceType.CONFIG_MAPS, map("counter"));
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (ApiClient client : List.of(left, right)) {
            Thread thread = Thread.ofVirtual().unstarted(() -> {
                for (int i = 0; i < INCREMENTS; i++) {
                    increment(client);
                }
            });
            thread.setUncaughtExceptionHandler((each, failure) -> failures.add(failure));
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(List.of(), failures);
        assertEquals(Integer.toString(2 * INCREMENTS),
                right.get(ResourceType.CONFIG_MAPS, "default", "counter").string("/data/n"));
    }

    private static void increment(ApiClient client) {
        while (true) {
            KubeObject counter = client.get(ResourceType.CONFIG_MAPS, "default", "counter");
            counter.json().withObject("data").put("n", Integer.toString(Integer.parseInt(counter.string("/data/n")) + 1));
            try {
                client.update(ResourceType.CONFIG_MAPS, counter);
                return;
            } catch (ApiException e) {
                if (e.code() != 409) {
                    throw e;
                }
            }
        }
    }

    /** Not only the API: its controllers make the Pods of a Deployment, when they have taken the lead. */
    private static void theOtherServerGoesOn(ApiClient client, String name) throws Exception {
        eventually(name + " is created", () -> {
            client.create(ResourceType.DEPLOYMENTS, KubeObject.parse("""
                    {"metadata":{"name":"%1$s","namespace":"default"},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"%1$s"}},
                     "template":{"metadata":{"labels":{"app":"%1$s"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}""".formatted(name)));
            return true;
        });
        eventually(name + " has its Pod", () -> !client.list(ResourceType.PODS, "default", Query.labels("app=" + name)).items().isEmpty());
        // While etcd elects a leader, a write is answered with a failure, as Kubernetes does.
        eventually("a patch is taken", () -> {
            client.patch(ResourceType.CONFIG_MAPS, "default", "counter", PatchType.MERGE, Json.parseObject("{\"data\":{\"last\":\"" + name + "\"}}"));
            return client.get(ResourceType.CONFIG_MAPS, "default", "counter").string("/data/last").equals(name);
        });
    }

    private static void eventually(String what, Callable<Boolean> condition) {
        until(what, () -> {
            try {
                return condition.call();
            } catch (ApiException e) {
                // A write whose answer was lost has been done.
                return e.code() == 409;
            }
        });
    }
}
