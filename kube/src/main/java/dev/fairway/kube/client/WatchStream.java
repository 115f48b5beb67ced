package dev.fairway.kube.client;

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
    private final byte[] buffer = new byte[16 << 10];
    private int position;
    private int limit;

    public WatchStream(ApiResponse response) {
        this.response = response;
        this.in = response.body();
    }

    /**
     * The next frame's bytes; empty at the end of the stream.
     *
     * @throws IOException if the connection broke, or a frame exceeds 8 MiB
     */
    public Optional<byte[]> nextFrame() throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream(1024);
        while (position < limit || fill()) {
            int end = position;
            while (end < limit && buffer[end] != '\n') {
                end++;
            }
            frame.write(buffer, position, end - position);
            if (frame.size() > MAX_FRAME_BYTES) {
                throw new IOException("watch frame of more than " + MAX_FRAME_BYTES + " bytes");
            }
            boolean whole = end < limit;
            position = whole ? end + 1 : end;
            if (whole && frame.size() > 0) {
                return Optional.of(frame.toByteArray());
            }
        }
        return Optional.empty();
    }

    private boolean fill() throws IOException {
        position = 0;
        limit = Math.max(0, in.read(buffer));
        return limit > 0;
    }

    @Override
    public void close() {
        response.close();
    }
}
