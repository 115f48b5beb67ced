package dev.fairway.node.probe;

import dev.fairway.node.probe.Prober.Answer;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One call of {@code grpc.health.v1.Health/Check}, over as much of HTTP/2 (RFC 9113) as that takes: one stream, headers
 * as literals, the answer's headers left unread. Good is what answers SERVING.
 */
final class GrpcProbe {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int ACK = 0x1;
    private static final int END_STREAM = 0x1;
    private static final int END_HEADERS = 0x4;
    private static final int PADDED = 0x8;
    private static final int STREAM = 1;
    private static final int MAX_FRAME = 16 << 10;
    /** {@code HealthCheckResponse.ServingStatus}. */
    private static final List<String> STATUSES = List.of("UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN");

    private record Frame(int type, int flags, int stream, byte[] payload) {}

    private GrpcProbe() {}

    static Answer ask(Socket socket, String service, Deadline deadline) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(PREFACE);
        write(out, new Frame(SETTINGS, 0, 0, new byte[0]));
        write(out, new Frame(HEADERS, END_HEADERS, STREAM, headers(socket)));
        write(out, new Frame(DATA, END_STREAM, STREAM, message(service)));
        try {
            return answer(new DataInputStream(socket.getInputStream()), out, socket, deadline);
        } catch (SocketTimeoutException e) {
            return Answer.bad("timeout: health rpc did not complete");
        } catch (EOFException e) {
            return Answer.bad("error: the server closed the connection before it answered");
        }
    }

    private static Answer answer(DataInputStream in, OutputStream out, Socket socket, Deadline deadline) throws IOException {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        while (true) {
            socket.setSoTimeout(deadline.millis());
            Frame frame = read(in);
            switch (frame.type()) {
                case SETTINGS -> {
                    if ((frame.flags() & ACK) == 0) {
                        write(out, new Frame(SETTINGS, ACK, 0, new byte[0]));
                    }
                }
                case PING -> write(out, new Frame(PING, ACK, 0, frame.payload()));
                case DATA -> data.write(content(frame));
                case GOAWAY -> throw new EOFException();
                case RST_STREAM -> {
                    return Answer.bad("error: the server refused the health rpc");
                }
                default -> {
                    // Other frames tell nothing that one short answer depends on.
                }
            }
            if (frame.stream() == STREAM && (frame.type() == DATA || frame.type() == HEADERS) && (frame.flags() & END_STREAM) != 0) {
                return judged(data.toByteArray());
            }
        }
    }

    private static byte[] content(Frame frame) {
        if ((frame.flags() & PADDED) == 0) {
            return frame.payload();
        }
        ByteBuffer payload = ByteBuffer.wrap(frame.payload());
        byte[] content = new byte[payload.remaining() - 1 - Byte.toUnsignedInt(payload.get())];
        payload.get(content);
        return content;
    }

    /** A gRPC message: a flag, a length of four bytes, and {@code HealthCheckResponse}, whose field 1 is the status. */
    private static Answer judged(byte[] data) {
        if (data.length < 5) {
            return Answer.bad("error: this server does not implement the grpc health protocol (grpc.health.v1.Health)");
        }
        int status = data.length >= 7 && data[5] == 0x08 ? data[6] : 0;
        return status == 1 ? Answer.GOOD
                : Answer.bad("service unhealthy (responded with \"" + (status < STATUSES.size() ? STATUSES.get(status) : status) + "\")");
    }

    private static byte[] headers(Socket socket) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        literal(block, ":method", "POST");
        literal(block, ":scheme", "http");
        literal(block, ":path", "/grpc.health.v1.Health/Check");
        literal(block, ":authority", socket.getInetAddress().getHostAddress() + ":" + socket.getPort());
        literal(block, "content-type", "application/grpc");
        literal(block, "te", "trailers");
        literal(block, "user-agent", "kube-probe/1.36");
        return block.toByteArray();
    }

    /** RFC 7541, 6.2.2: a literal field without indexing; all our strings are shorter than the 127 bytes of one length byte. */
    private static void literal(ByteArrayOutputStream block, String name, String value) {
        block.write(0);
        for (String text : List.of(name, value)) {
            block.write(text.length());
            block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** {@code HealthCheckRequest}: field 1 is the service's name, which protobuf leaves out where it is empty. */
    private static byte[] message(String service) {
        byte[] name = service.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        if (name.length > 0) {
            request.write(0x0a);
            for (int length = name.length; ; length >>= 7) {
                request.write(length > 127 ? length & 127 | 128 : length);
                if (length <= 127) {
                    break;
                }
            }
            request.writeBytes(name);
        }
        return ByteBuffer.allocate(5 + request.size()).put((byte) 0).putInt(request.size()).put(request.toByteArray()).array();
    }

    private static void write(OutputStream out, Frame frame) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(9 + frame.payload().length)
                .putInt(frame.payload().length << 8 | frame.type())
                .put((byte) frame.flags())
                .putInt(frame.stream())
                .put(frame.payload());
        out.write(bytes.array());
    }

    private static Frame read(DataInputStream in) throws IOException {
        int start = in.readInt();
        int flags = in.readUnsignedByte();
        int stream = in.readInt() & Integer.MAX_VALUE;
        int length = start >>> 8;
        if (length > MAX_FRAME) {
            throw new IOException("error: a frame of " + length + " bytes");
        }
        byte[] payload = new byte[length];
        in.readFully(payload);
        return new Frame(start & 0xff, flags, stream, payload);
    }
}
