package dev.fairway.netlink.netns;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Run with two carriers, in a JVM of its own: lets a virtual thread wait for a call in the namespace named by the first
 * argument while another one holds the only carrier there is, so that the call's end needs a new carrier. Prints how
 * many threads are then not where this process is.
 */
final class NewCarrier {
    private NewCarrier() {}

    public static void main(String[] args) throws Exception {
        var namespace = NetworkNamespace.open(args[0]);
        var inside = new CountDownLatch(1);
        var busy = new CountDownLatch(1);
        var done = new AtomicBoolean();
        var caller = Thread.ofVirtual().start(() -> {
            try {
                namespace.call(() -> {
                    inside.countDown();
                    busy.await();
                    return null;
                });
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        inside.await();
        Thread.ofVirtual().start(() -> {
            busy.countDown();
            while (!done.get()) {
                Thread.onSpinWait();
            }
        });
        caller.join();
        System.out.println(strangers());
        done.set(true);
    }

    private static long strangers() throws IOException {
        var own = Files.readSymbolicLink(Path.of("/proc/self/ns/net"));
        try (var tasks = Files.list(Path.of("/proc/self/task"))) {
            return tasks.filter(task -> !own.equals(namespaceOf(task, own))).count();
        }
    }

    /** A thread that has ended meanwhile is nowhere else. */
    private static Path namespaceOf(Path task, Path own) {
        try {
            return Files.readSymbolicLink(task.resolve("ns/net"));
        } catch (NoSuchFileException e) {
            return own;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
