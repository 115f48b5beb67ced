package dev.fairway.clients;

import dev.fairway.cluster.Cluster;
import dev.fairway.cluster.ClusterConfig;
import dev.fairway.cluster.ClusterConfig.StoreChoice;
import dev.fairway.testkit.TemporaryDirectory;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** A cluster without nodes, in this process, for the tests of one class; hands over its kubeconfig. */
public final class ApiOnly implements BeforeAllCallback, AfterAllCallback, ParameterResolver {
    private TemporaryDirectory directory;
    private Cluster cluster;

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        directory = TemporaryDirectory.create("fairway-clients");
        cluster = Cluster.start(ClusterConfig.named("clients", directory.path().resolve("cluster"))
                .withNodes(0)
                .withApiPort(0)
                .withStore(new StoreChoice.Memory()), line -> { });
    }

    @Override
    public void afterAll(ExtensionContext context) {
        cluster.close();
        directory.close();
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
