package dev.fairway.clients;

import dev.fairway.cluster.Cluster;
import dev.fairway.cluster.ClusterConfig;
import dev.fairway.cluster.ClusterConfig.StoreChoice;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Comparator;
import java.util.stream.Stream;

/** A cluster without nodes, in this process, for the tests of one class; hands over its kubeconfig. */
public final class ApiOnly implements BeforeAllCallback, AfterAllCallback, ParameterResolver {
    private Path directory;
    private Cluster cluster;

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        directory = Files.createTempDirectory("fairway-clients");
        cluster = Cluster.start(ClusterConfig.named("clients", directory.resolve("cluster"))
                .withNodes(0)
                .withApiPort(0)
                .withStore(new StoreChoice.Memory()), line -> { });
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        cluster.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Path.class;
    }

    @Override
    public Path resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return cluster.kubeconfig();
    }
}
