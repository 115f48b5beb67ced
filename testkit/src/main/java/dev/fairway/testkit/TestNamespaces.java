package dev.fairway.testkit;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.rtnetlink.Rtnetlink;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fresh network namespaces without an uplink, uniquely named and removed afterwards. As a {@code @RegisterExtension}
 * field they last for one test, in a static field for the class; elsewhere {@link #close} removes them.
 */
public final class TestNamespaces implements AutoCloseable, BeforeAllCallback, AfterEachCallback, AfterAllCallback {
    private static final AtomicInteger NEXT = new AtomicInteger();

    private final String prefix;
    private final Deque<NetworkNamespace> namespaces = new ArrayDeque<>();
    private boolean perClass;

    /** @param prefix begins every name, with the process id and a number after it, to find leftovers by */
    public TestNamespaces(String prefix) {
        this.prefix = prefix;
    }

    public TestNamespaces() {
        this("fwt");
    }

    /** A fresh namespace whose loopback interface is up; {@code label} ends its name. */
    public synchronized NetworkNamespace create(String label) throws IOException {
        var namespace = NetworkNamespace.create(
                prefix + ProcessHandle.current().pid() + "-" + NEXT.incrementAndGet() + "-" + label);
        namespaces.push(namespace);
        try (var rtnetlink = Rtnetlink.open(namespace)) {
            rtnetlink.setUp("lo");
        }
        return namespace;
    }

    public NetworkNamespace create() throws IOException {
        return create("n");
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        perClass = true;
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        if (!perClass) {
            close();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        close();
    }

    @Override
    public synchronized void close() throws IOException {
        while (!namespaces.isEmpty()) {
            var namespace = namespaces.pop();
            if (namespace.exists()) {
                namespace.delete();
            }
        }
    }
}
