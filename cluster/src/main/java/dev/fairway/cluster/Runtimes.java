package dev.fairway.cluster;

import dev.fairway.node.runtime.ContainerRuntime;
import dev.fairway.node.runtime.EchoRuntime;
import dev.fairway.node.runtime.HostRuntime;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** The runtimes that all nodes of a cluster share. */
record Runtimes(List<ContainerRuntime> all) implements AutoCloseable {
    /** An echo Pod that is being deleted answers this much longer, so that it is out of all rules before it stops. */
    private static final Duration ECHO_DRAIN = Duration.ofSeconds(2);

    static Runtimes open() throws IOException {
        return new Runtimes(List.of(new EchoRuntime(ECHO_DRAIN), new HostRuntime()));
    }

    @Override
    public void close() {
        all.forEach(ContainerRuntime::close);
    }
}
