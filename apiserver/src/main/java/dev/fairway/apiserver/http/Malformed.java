package dev.fairway.apiserver.http;

import io.helidon.http.DirectHandler;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;

/** Answers what the web server fails to read, such as a method that is no token: the client's mistake, not the server's. */
final class Malformed implements DirectHandler {
    @Override
    public TransportResponse handle(TransportRequest request, EventType type, Status status, ServerResponseHeaders headers,
                                    Throwable thrown, System.Logger logger) {
        // Out of the handling of a request that has been read.
        return DirectHandler.defaultHandler().handle(request, type, status, headers, thrown, logger);
    }

    @Override
    public TransportResponse handle(TransportRequest request, EventType type, Status status, ServerResponseHeaders headers, String message) {
        return TransportResponse.builder().status(Status.BAD_REQUEST_400).headers(headers).keepAlive(false).build();
    }
}
