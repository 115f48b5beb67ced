package dev.fairway.apiserver.http;

import io.helidon.common.buffers.DataReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * A stream as WebSocket messages (RFC 6455), one a write, to clients that watch that way, as the fabric8 client and
 * browsers do. What such a client may say is that it closes, or that it wants a sign of life.
 */
final class WebSocketOutput extends OutputStream {
    private static final String ACCEPT_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int FINAL = 0x80;
    private static final int MASKED = 0x80;
    private static final int OPCODE = 0x0f;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final int LENGTH = 0x7f;
    private static final int LENGTH_16 = 126;
    private static final int LENGTH_64 = 127;
    private static final int MAX_CONTROL_BYTES = 125;
    private static final byte[] NORMAL_CLOSURE = {0x03, (byte) 0xe8};

    private final Streams.Stream connection;
    private final int opcode;
    private boolean closed;

    /** @param text whether what is written is UTF-8, each write by itself */
    WebSocketOutput(Streams.Stream connection, boolean text) {
        this.connection = connection;
        this.opcode = text ? TEXT : BINARY;
    }

    /** Answers the handshake; {@code key} is the client's {@code Sec-WebSocket-Key}. */
    void head(String key) throws IOException {
        String accept;
        try {
            accept = Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1")
                    .digest((key + ACCEPT_GUID).getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
        connection.write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                + accept + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int start, int length) throws IOException {
        frame(opcode, bytes, start, length);
    }

    private synchronized void frame(int code, byte[] bytes, int start, int length) throws IOException {
        if (closed) {
            throw new IOException("the stream is closed");
        }
        ByteBuffer frame = ByteBuffer.allocate(10 + length).put((byte) (FINAL | code));
        if (length < LENGTH_16) {
            frame.put((byte) length);
        } else if (length < 1 << 16) {
            frame.put((byte) LENGTH_16).putShort((short) length);
        } else {
            frame.put((byte) LENGTH_64).putLong(length);
        }
        frame.put(bytes, start, length).flip();
        byte[] sent = new byte[frame.remaining()];
        frame.get(sent);
        connection.write(sent);
        closed = code == CLOSE;
    }

    /**
     * Reads what the client says until it closes.
     *
     * @throws RuntimeException if it goes away, or does not keep to the protocol
     */
    void listen(DataReader in) {
        try {
            for (int code = next(in); code != CLOSE; code = next(in)) {
                System.getLogger(WebSocketOutput.class.getName()).log(System.Logger.Level.TRACE, "frame {0}", code);
            }
            close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int next(DataReader in) throws IOException {
        int code = in.read() & OPCODE;
        int second = in.read();
        long length = second & LENGTH;
        if (length == LENGTH_16) {
            length = number(in, Short.BYTES);
        } else if (length == LENGTH_64) {
            length = number(in, Long.BYTES);
        }
        if ((second & MASKED) == 0 || code >= CLOSE && length > MAX_CONTROL_BYTES || length < 0) {
            throw new IOException("a frame that no client may send");
        }
        byte[] mask = new byte[4];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = in.read();
        }
        byte[] payload = new byte[code >= CLOSE ? (int) length : 0];
        for (long i = 0; i < length; i++) {
            byte read = in.read();
            if (i < payload.length) {
                payload[(int) i] = (byte) (read ^ mask[(int) (i % mask.length)]);
            }
        }
        if (code == PING) {
            frame(PONG, payload, 0, payload.length);
        }
        return code;
    }

    private static long number(DataReader in, int bytes) {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value = value << 8 | in.read() & 0xff;
        }
        return value;
    }

    @Override
    public synchronized void close() throws IOException {
        if (!closed) {
            frame(CLOSE, NORMAL_CLOSURE, 0, NORMAL_CLOSURE.length);
        }
    }
}
