package dev.fairway.netlink;

import dev.fairway.netlink.netns.NetworkNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Fresh namespaces for one test, without an uplink, removed on close. */
public final class Scratch implements AutoCloseable {
    private static final AtomicInteger NEXT = new AtomicInteger();
    private final List<NetworkNamespace> namespaces = new ArrayList<>();

    public NetworkNamespace namespace() {
        try {
            var namespace = NetworkNamespace.create(
                    "fwnl-" + ProcessHandle.current().pid() + "-" + NEXT.incrementAndGet());
            namespaces.add(namespace);
            return namespace;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Runs a command in a namespace and answers with its output; fails unless it exits with 0. */
    public static String run(NetworkNamespace namespace, String... command) throws IOException, InterruptedException {
        var process = namespace.processBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        var output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        int exit = process.waitFor();
        if (exit != 0) {
            throw new AssertionError(String.join(" ", command) + " exited with " + exit + ":\n" + output);
        }
        return output;
    }

    @Override
    public void close() throws IOException {
        for (var namespace : namespaces) {
            if (namespace.exists()) {
                namespace.delete();
            }
        }
    }
}
