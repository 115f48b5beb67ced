package dev.fairway.cli.proxy;

import dev.fairway.kube.client.ApiTransport;
import dev.fairway.kube.client.ClientConfig;
import dev.fairway.kube.client.HttpTransport;
import dev.fairway.kube.client.RequestObserver;
import dev.fairway.proxy.config.ProxyConfig;
import dev.fairway.proxy.server.ProxyServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The way to the API server that the configuration names: a kubeconfig, a URL, or what a Pod is given. */
record ApiConnector(ProxyConfig.ClientConnection connection, String master, String version)
        implements ProxyServer.Connector {
    /** Errors of files name the setting that led to them: what Java says of a missing file is just its name. */
    @Override
    public ApiTransport connect(RequestObserver observer) throws IOException {
        try {
            return open(observer);
        } catch (NoSuchFileException e) {
            throw new IOException(setting() + ": there is no file " + e.getFile(), e);
        } catch (FileSystemException e) {
            throw new IOException(setting() + ": cannot read " + e.getMessage() + " (" + e.getClass().getSimpleName() + ")", e);
        }
    }

    private String setting() {
        return connection.kubeconfig().isEmpty() ? "the Pod's service account" : "clientConnection.kubeconfig";
    }

    private ApiTransport open(RequestObserver observer) throws IOException {
        ClientConfig client = client().withUserAgent("fairway-proxy/" + version + " (linux/" + System.getProperty("os.arch") + ")");
        return new HttpTransport(client.withRate(Math.max(0, connection.qps()), connection.burst()), observer);
    }

    private ClientConfig client() throws IOException {
        if (connection.kubeconfig().isEmpty() && master.isEmpty()) {
            return ClientConfig.inCluster();
        }
        try {
            if (connection.kubeconfig().isEmpty()) {
                return ClientConfig.of(URI.create(master));
            }
            ClientConfig client = ClientConfig.fromKubeconfig(Path.of(connection.kubeconfig()));
            return master.isEmpty() ? client : client.withServer(URI.create(master));
        } catch (IllegalArgumentException e) {
            throw new IOException("--master: " + e.getMessage(), e);
        }
    }
}
