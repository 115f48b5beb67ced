package dev.fairway.kube.client;

import java.io.IOException;
import java.io.InputStream;

/**
 * An answer whose body may still be streaming; closing it ends the stream at once, also from another thread.
 *
 * @param status the HTTP status code
 * @param body the body, already decompressed
 */
public record ApiResponse(int status, InputStream body) implements AutoCloseable {
    @Override
    public void close() {
        try {
            body.close();
        } catch (IOException e) {
            // The peer may be gone already: there is nothing left to release.
            System.getLogger(ApiResponse.class.getName()).log(System.Logger.Level.TRACE, "closing a response", e);
        }
    }
}
