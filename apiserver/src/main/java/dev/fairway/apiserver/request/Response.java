package dev.fairway.apiserver.request;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;

/** An answer, whole or as a stream. */
public sealed interface Response {
    /** The HTTP status. */
    int status();

    /** The media type of the body. */
    String contentType();

    /** Further headers. */
    Map<String, List<String>> headers();

    /**
     * A whole answer.
     *
     * @param parts the body in pieces, shared with others and not to be changed
     */
    record Whole(int status, String contentType, Map<String, List<String>> headers, List<byte[]> parts)
            implements Response {
        public Whole(int status, String contentType, byte[] body) {
            this(status, contentType, Map.of(), List.of(body));
        }

        /** The body's length in bytes. */
        public long length() {
            if (parts instanceof Sized sized) {
                return sized.bytes();
            }
            long sum = 0;
            for (byte[] part : parts) {
                sum += part.length;
            }
            return sum;
        }
    }

    /** Pieces of a body that are made only when they are asked for; not for use by several threads. */
    interface Sized {
        /** How long all of them are together. */
        long bytes();
    }

    /** An answer that goes on: a watch or a log. */
    record Streaming(int status, String contentType, Map<String, List<String>> headers, Body body)
            implements Response {
    }

    /** What a streaming answer says, until it returns. */
    @FunctionalInterface
    interface Body {
        /**
         * Writes until the end; runs in the connection's own thread.
         *
         * @throws IOException          when the client has gone
         * @throws InterruptedException when the server stops
         */
        void writeTo(OutputStream out, ClientGone gone) throws IOException, InterruptedException;
    }

    /** Tells a stream that waits for something to happen whether its client still listens. */
    @FunctionalInterface
    interface ClientGone {
        /** Registers what is to be done, once, when the client goes away; at once if it is gone. */
        void whenGone(Runnable action);
    }
}
