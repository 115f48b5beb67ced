package dev.fairway.kube.client;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;

/**
 * A streaming answer. {@link #close()} goes straight to the connection, from any thread, while a reader may be
 * inside the decompressor; only the reader itself ever touches that.
 */
final class ResponseBody extends InputStream {
    private final InputStream raw;
    private final boolean gzip;
    private final Consumer<InputStream> onClose;
    private InputStream decoded;

    ResponseBody(InputStream raw, boolean gzip, Consumer<InputStream> onClose) {
        this.raw = raw;
        this.gzip = gzip;
        this.onClose = onClose;
    }

    /** Opened by the first read, because opening a gzip stream blocks for its header. */
    private InputStream decoded() throws IOException {
        if (decoded == null) {
            decoded = gzip ? new GZIPInputStream(raw, 32 << 10) : raw;
        }
        return decoded;
    }

    @Override
    public int read() throws IOException {
        return decoded().read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        return decoded().read(bytes, offset, length);
    }

    @Override
    public int available() throws IOException {
        return decoded().available();
    }

    @Override
    public void close() throws IOException {
        onClose.accept(raw);
        raw.close();
    }
}
