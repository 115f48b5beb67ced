package dev.fairway.apiserver.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * The answer of a stream, written straight to the connection: head first and at once, since clients wait for it, then
 * one chunk (RFC 9112, section 7.1) per flush. Helidon's own response sends its head only with the first byte.
 */
final class ChunkedOutput extends OutputStream {
    private static final int BUFFER_BYTES = 16 << 10;
    private static final byte[] LINE_END = {'\r', '\n'};
    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Streams.Stream connection;
    private byte[] buffer = new byte[512];
    private int size;
    private boolean closed;

    ChunkedOutput(Streams.Stream connection) {
        this.connection = connection;
    }

    /** Sends status line and headers. */
    void head(int status, Map<String, List<String>> headers) throws IOException {
        StringBuilder head = new StringBuilder("HTTP/1.1 ").append(status).append(status == 200 ? " OK\r\n" : " Status\r\n");
        headers.forEach((name, values) -> values.forEach(value -> head.append(name).append(": ").append(value).append("\r\n")));
        head.append("Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
        connection.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int start, int length) throws IOException {
        if (size + length > BUFFER_BYTES) {
            flush();
        }
        if (length >= BUFFER_BYTES) {
            chunk(bytes, start, length);
            return;
        }
        if (size + length > buffer.length) {
            buffer = java.util.Arrays.copyOf(buffer, Math.min(BUFFER_BYTES, Math.max(buffer.length * 2, size + length)));
        }
        System.arraycopy(bytes, start, buffer, size, length);
        size += length;
    }

    @Override
    public void flush() throws IOException {
        if (size > 0) {
            int length = size;
            size = 0;
            chunk(buffer, 0, length);
        }
    }

    private void chunk(byte[] bytes, int start, int length) throws IOException {
        byte[] head = (Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        byte[] chunk = new byte[head.length + length + LINE_END.length];
        System.arraycopy(head, 0, chunk, 0, head.length);
        System.arraycopy(bytes, start, chunk, head.length, length);
        System.arraycopy(LINE_END, 0, chunk, head.length + length, LINE_END.length);
        connection.write(chunk);
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            flush();
            connection.write(LAST_CHUNK);
        }
    }
}
