package dev.fairway.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a writing process at random moments. {@code -Dfairway.kills=200} for the long run;
 * {@code -Dfairway.seed=N} repeats the moments of another.
 */
class SqliteCrashTest {

    private static final int KILLS = Integer.getInteger("fairway.kills", 20);
    private static final long SEED = Long.getLong("fairway.seed", System.nanoTime());

    @TempDir
    Path temp;

    @Test
    @Timeout(1_800)
    void everyAcknowledgedWriteSurvivesAndNoneIsHalfDone() throws Exception {
        System.out.println("seed " + SEED);
        Random random = new Random(SEED);
        Path directory = temp.resolve("data");
        Map<String, Entry> state = new TreeMap<>();
        long verified = 1;
        long acknowledged = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            List<String> lines = killWhileWriting(directory, random, verified);
            acknowledged += lines.size();
            try (Store store = SqliteStore.open(directory)) {
                verified = verify(store, verified, state, lines);
            }
        }
        System.out.println(KILLS + " kills, " + acknowledged + " acknowledged writes, revision " + verified);
        assertTrue(acknowledged > 0, "nothing was ever written");
    }

    /** The lines of all acknowledged writes. */
    private static List<String> killWhileWriting(Path directory, Random random, long forget) throws Exception {
        Process child = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
                "-cp", System.getProperty("java.class.path"),
                CrashWriter.class.getName(), directory.toString(), "" + random.nextInt(), "" + forget)
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        List<String> lines = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch opened = new CountDownLatch(1);
        // Read all the time: a full pipe would slow the writer down.
        Thread reader = Thread.ofPlatform().start(() -> child.inputReader().lines().forEach(line -> {
            opened.countDown();
            if (line.startsWith("PUT ") || line.startsWith("DELETE ")) {
                lines.add(line);
            }
        }));
        try {
            // One kill in eight may hit the opening itself.
            assertTrue(random.nextInt(8) == 0 || opened.await(30, TimeUnit.SECONDS), "the writer did not start");
            assertFalse(child.waitFor(random.nextInt(300), TimeUnit.MILLISECONDS), "the writer died by itself");
        } finally {
            // Not Process.destroyForcibly, which would close the pipe on what is still to be read.
            child.toHandle().destroyForcibly();
        }
        reader.join();
        return lines;
    }

    /** Resumes a watch where the last check ended and replays it; returns the newest revision. */
    private static long verify(Store store, long verified, Map<String, Entry> state, List<String> lines)
            throws InterruptedException {
        long newest = store.revision();
        Map<Long, String> happened = new TreeMap<>();
        try (Watch watch = store.watch("", verified)) {
            for (long revision = verified + 1; revision <= newest; revision++) {
                Event event = watch.poll(Duration.ofSeconds(10));
                assertNotNull(event, "no event of revision " + revision);
                assertEquals(revision, event.revision(), "a revision is missing");
                Entry entry = event.entry();
                assertEquals(state.get(entry.key()), event.previous().orElse(null));
                if (event.type() == Event.Type.PUT) {
                    assertTrue(CrashWriter.isWhole(entry), () -> "half-done: " + entry);
                    state.put(entry.key(), entry);
                } else {
                    state.remove(entry.key());
                }
                happened.put(revision, event.type() + " " + revision + " " + entry.key() + " "
                        + CrashWriter.checksum(entry.value()));
            }
        }
        for (String line : lines) {
            // The last line may have been cut by the kill; what is printed of it must still agree.
            String[] words = line.split(" ");
            if (words.length == 4) {
                String event = happened.get(Long.parseLong(words[1]));
                assertNotNull(event, () -> "acknowledged and lost: " + line);
                assertTrue(event.startsWith(line), () -> "acknowledged " + line + ", found " + event);
            }
        }
        assertEquals(state, store.list("", "", 0, 0).entries().stream()
                .collect(Collectors.toMap(Entry::key, entry -> entry)));
        return newest;
    }
}
