package dev.fairway.cli.bench.api;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * One HTTP/1.1 connection over TLS that is kept open. It does little more than move bytes, so that on a machine which
 * client and server share it is the server that is measured. Not safe for use by two threads at a time.
 */
final class ApiConnection implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 60_000;
    private static final int BUFFER_BYTES = 32 << 10;

    private final SSLSocket socket;
    private final InputStream in;
    private final OutputStream out;
    private final byte[] skipped = new byte[BUFFER_BYTES];

    ApiConnection(SSLContext tls, InetSocketAddress server) throws IOException {
        socket = (SSLSocket) tls.getSocketFactory().createSocket();
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(server, TIMEOUT_MILLIS);
        socket.startHandshake();
        in = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
        out = socket.getOutputStream();
    }

    /** A request as it is sent. */
    static byte[] request(String method, String path, String contentType, String body) {
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        String head = method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n"
                + (content.length == 0 ? "" : "Content-Type: " + contentType + "\r\nContent-Length: " + content.length + "\r\n")
                + "\r\n";
        byte[] bytes = head.getBytes(StandardCharsets.US_ASCII);
        byte[] request = java.util.Arrays.copyOf(bytes, bytes.length + content.length);
        System.arraycopy(content, 0, request, bytes.length, content.length);
        return request;
    }

    /**
     * Sends a request and reads the whole answer.
     *
     * @return bytes of the answer's body
     * @throws IOException also if the answer is not {@code status}
     */
    long exchange(byte[] request, int status) throws IOException {
        out.write(request);
        out.flush();
        long length = head(status);
        return length >= 0 ? skip(length) : skipChunks();
    }

    /** Sends a request whose answer has no end, such as a watch; then {@link #nextChunk} reads it. */
    void open(byte[] request) throws IOException {
        out.write(request);
        out.flush();
        if (head(200) >= 0) {
            throw new IOException("the answer should be chunked");
        }
    }

    /** The next chunk of an answer without an end. */
    byte[] nextChunk() throws IOException {
        int length = Integer.parseInt(line().trim(), 16);
        byte[] chunk = in.readNBytes(length);
        line();
        return chunk;
    }

    /** The body's length, or -1 if it comes in chunks. */
    private long head(int status) throws IOException {
        String first = line();
        long length = -1;
        boolean chunked = false;
        for (String line = line(); !line.isEmpty(); line = line()) {
            String lower = line.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Long.parseLong(lower.substring(15).trim());
            } else if (lower.startsWith("transfer-encoding:")) {
                chunked = lower.endsWith("chunked");
            }
        }
        if (!first.startsWith("HTTP/1.1 " + status)) {
            byte[] body = chunked ? nextChunk() : in.readNBytes((int) Math.max(0, length));
            throw new IOException(first + ": " + new String(body, StandardCharsets.UTF_8));
        }
        return chunked ? -1 : Math.max(0, length);
    }

    private long skipChunks() throws IOException {
        long total = 0;
        for (long length = Long.parseLong(line().trim(), 16); length > 0; length = Long.parseLong(line().trim(), 16)) {
            total += skip(length);
            line();
        }
        line();
        return total;
    }

    private long skip(long length) throws IOException {
        for (long left = length; left > 0; ) {
            int read = in.read(skipped, 0, (int) Math.min(left, skipped.length));
            if (read < 0) {
                throw new EOFException("the server closed the connection");
            }
            left -= read;
        }
        return length;
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(64);
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the server closed the connection");
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
