package dev.fairway.kube.client;

import java.io.IOException;

/**
 * The way to an API server: over HTTP, or straight into a server in the same process.
 *
 * <p>Implementations are safe for use by many threads.
 */
public interface ApiTransport extends AutoCloseable {
    /**
     * Sends one request and returns as soon as the status is known; the body streams.
     *
     * @throws IOException if no answer could be had
     * @throws InterruptedException if the calling thread was interrupted while it waited
     */
    ApiResponse send(ApiRequest request) throws IOException, InterruptedException;

    @Override
    void close();
}
