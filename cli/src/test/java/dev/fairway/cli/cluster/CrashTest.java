package dev.fairway.cli.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.cli.cluster.FairwayProcess.Run;
import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ApiException;
import dev.fairway.kube.client.ClientConfig;
import dev.fairway.kube.client.DeleteOptions;
import dev.fairway.kube.client.HttpTransport;
import dev.fairway.kube.client.Query;
import dev.fairway.kube.client.WatchStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/**
 * A server is killed at random moments under load: what it has acknowledged is there after the next start, nothing is
 * there by half, and a watch goes on where it was. {@code -Dfairway.crashes=200} for a long run.
 */
@Timeout(3600)
final class CrashTest {
    private static final int CRASHES = Integer.getInteger("fairway.crashes", 6);
    private static final int WRITERS = 4;
    /** A list of very many does not fit into the memory that the server of a test has. */
    private static final int MOST_KEPT = 5_000;

    @TempDir
    Path state;

    /** What was acknowledged: the value of each object, by name. */
    private final Map<String, String> acknowledged = new ConcurrentHashMap<>();

    @Test
    void whatWasAcknowledgedIsThere() throws Exception {
        long seed = Long.getLong("fairway.seed", System.nanoTime());
        Random random = new Random(seed);
        FairwayProcess server = new FairwayProcess("cr-" + ProcessHandle.current().pid() % 100_000, state);
        String seen = "";
        try {
            for (int crash = 0; crash < CRASHES; crash++) {
                Run up = server.run("up", "--detach", "--nodes", "0", "--port", "0");
                assertEquals(0, up.exit(), up.output());
                try (HttpTransport transport = transport(server)) {
                    ApiClient client = new ApiClient(transport);
                    String found = check(client, "seed " + seed + ", crash " + crash);
                    if (crash > 0) {
                        resume(client, seen);
                    }
                    seen = acknowledged.size() > MOST_KEPT ? withoutAll(client) : found;
                    writeUntilKilled(client, server, crash, random.nextInt(400));
                }
            }
        } finally {
            server.run("down");
        }
    }

    /** Begins anew with nothing acknowledged; gives the version from then. */
    private String withoutAll(ApiClient client) {
        client.deleteCollection(ResourceType.CONFIG_MAPS, "default", DeleteOptions.DEFAULT);
        acknowledged.clear();
        return client.list(ResourceType.CONFIG_MAPS, "default", Query.labels("of=test")).resourceVersion();
    }

    private static HttpTransport transport(FairwayProcess server) throws Exception {
        return new HttpTransport(ClientConfig.fromKubeconfig(Path.of(server.run("kubeconfig", "--path").output().strip())));
    }

    private void writeUntilKilled(ApiClient client, FairwayProcess server, int crash, int millis) throws Exception {
        List<Thread> writers = new ArrayList<>();
        for (int writer = 0; writer < WRITERS; writer++) {
            String prefix = "w" + crash + "-" + writer + "-";
            writers.add(Thread.ofVirtual().start(() -> write(client, prefix)));
        }
        long pid = Json.parseObject(server.run("status", "-o", "json").output()).path("pid").asLong();
        ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
        TimeUnit.MILLISECONDS.sleep(millis);
        process.destroyForcibly();
        process.onExit().get(30, TimeUnit.SECONDS);
        for (Thread writer : writers) {
            writer.join();
        }
    }

    /** Creates, changes and now and then deletes, until the server is gone. */
    private void write(ApiClient client, String prefix) {
        try {
            for (int i = 0; ; i++) {
                String name = prefix + i;
                KubeObject made = client.create(ResourceType.CONFIG_MAPS, KubeObject.parse("{\"metadata\":{\"name\":\"" + name
                        + "\",\"namespace\":\"default\",\"labels\":{\"of\":\"test\"}},\"data\":{\"a\":\"" + name + "\",\"b\":\"" + name + "\"}}"));
                acknowledged.put(name, name);
                if (i % 2 == 1) {
                    String changed = name + "-changed";
                    made.json().withObject("data").put("a", changed).put("b", changed);
                    // Whichever of the two values it has when no answer comes is right.
                    acknowledged.remove(name);
                    client.update(ResourceType.CONFIG_MAPS, made);
                    acknowledged.put(name, changed);
                }
            }
        } catch (ApiException gone) {
            assertTrue(gone.code() == 0 || gone.code() >= 500, gone.getMessage());
        }
    }

    /** Finds all that was acknowledged, and gives the version of the list. */
    private String check(ApiClient client, String when) {
        var list = client.list(ResourceType.CONFIG_MAPS, "default", Query.labels("of=test"));
        Map<String, String> there = new HashMap<>();
        for (KubeObject map : list.items()) {
            assertEquals(map.string("/data/a"), map.string("/data/b"), when + ": " + map.name() + " is there by half");
            there.put(map.name(), map.string("/data/a"));
        }
        Map<String, String> missing = new TreeMap<>(acknowledged);
        missing.entrySet().removeIf(entry -> entry.getValue().equals(there.get(entry.getKey())));
        assertEquals(Map.of(), missing, when + ": acknowledged, but not there as it was");
        return list.resourceVersion();
    }

    /** A watch from before the crash brings the writes since then, in order, up to the last one. */
    private static void resume(ApiClient client, String from) throws Exception {
        KubeObject last = client.create(ResourceType.CONFIG_MAPS,
                KubeObject.parse("{\"metadata\":{\"generateName\":\"last-\",\"namespace\":\"default\"}}"));
        long version = Long.parseLong(from);
        try (WatchStream watch = client.watch(ResourceType.CONFIG_MAPS, "default", Query.ALL.at(from))) {
            for (boolean reached = false; !reached; ) {
                ObjectNode event = Json.parseObject(watch.nextFrame().orElseThrow());
                assertTrue(!event.path("type").asString("").equals("ERROR"), event.toString());
                long next = Long.parseLong(event.at("/object/metadata/resourceVersion").asString(""));
                assertTrue(next > version, "events are in order");
                version = next;
                reached = event.at("/object/metadata/name").asString("").equals(last.name());
            }
        }
    }
}
