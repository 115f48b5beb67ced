package dev.fairway.apiserver.http;

import dev.fairway.apiserver.request.Request;
import dev.fairway.apiserver.request.Response;
import io.helidon.webserver.http.ServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Sends whole bodies, the large ones compressed where the client takes that. */
final class Bodies {
    /** What Kubernetes too leaves uncompressed. */
    private static final int COMPRESS_ABOVE = 128 << 10;

    private Bodies() {
    }

    static void send(Request request, Response.Whole whole, ServerResponse answer) throws IOException {
        long length = whole.length();
        boolean head = request.method().equals("HEAD");
        if (length > COMPRESS_ABOVE && request.header("accept-encoding").contains("gzip") && !head) {
            // First of all, since headers would stay for the error if it fails.
            byte[] compressed = compressed(whole);
            answer.header("Content-Encoding", "gzip");
            answer.header("Vary", "Accept-Encoding");
            answer.send(compressed);
        } else if (whole.parts().size() == 1 || whole.parts().isEmpty() || head) {
            answer.send(whole.parts().isEmpty() || head ? new byte[0] : whole.parts().getFirst());
        } else {
            answer.contentLength(length);
            try (OutputStream out = answer.outputStream()) {
                for (byte[] part : whole.parts()) {
                    out.write(part);
                }
            }
        }
    }

    private static byte[] compressed(Response.Whole whole) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream((int) Math.min(whole.length() / 4, 1 << 24));
        try (OutputStream gzip = new FastGzip(bytes)) {
            for (byte[] part : whole.parts()) {
                gzip.write(part);
            }
        }
        return bytes.toByteArray();
    }

    private static final class FastGzip extends GZIPOutputStream {
        private FastGzip(OutputStream out) throws IOException {
            super(out, 8192);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
