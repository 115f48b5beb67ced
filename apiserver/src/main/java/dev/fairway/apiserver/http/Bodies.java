package dev.fairway.apiserver.http;

import dev.fairway.apiserver.request.Request;
import dev.fairway.apiserver.request.Response;
import io.helidon.webserver.http.ServerResponse;
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
            answer.header("Content-Encoding", "gzip");
            answer.header("Vary", "Accept-Encoding");
            try (OutputStream gzip = new FastGzip(answer.outputStream())) {
                for (byte[] part : whole.parts()) {
                    gzip.write(part);
                    // Compressing takes long, and nobody else would take the processor from a virtual thread.
                    Thread.yield();
                }
            }
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

    private static final class FastGzip extends GZIPOutputStream {
        private FastGzip(OutputStream out) throws IOException {
            super(out, 8192);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
