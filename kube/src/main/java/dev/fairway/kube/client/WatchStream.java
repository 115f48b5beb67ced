package dev.fairway.kube.client;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * The frames of a watch: one JSON document a line. {@link #close()} from another thread ends a blocked
 * {@link #nextFrame()}.
 */
public final class WatchStream implements AutoCloseable {
    /** No object of Kubernetes is larger than etcd's request limit of 1.5 MiB; a frame adds little. */
    private static final int MAX_FRAME_BYTES = 8 << 20;

    private final ApiResponse response;
    private final InputStream in;

    public WatchStream(ApiResponse response) {
        this.response = response;
        this.in = new BufferedInputStream(response.body(), 16 << 10);
    }

    /**
     * The next frame's bytes; empty at the end of the stream.
     *
     * @throws IOException if the connection broke, or a frame exceeds 8 MiB
     */
    public Optional<byte[]> nextFrame() throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream(1024);
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == '\n') {
                if (frame.size() > 0) {
                    return Optional.of(frame.toByteArray());
                }
            } else {
                frame.write(b);
                if (frame.size() > MAX_FRAME_BYTES) {
                    throw new IOException("watch frame of more than " + MAX_FRAME_BYTES + " bytes");
                }
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        response.close();
    }
}
