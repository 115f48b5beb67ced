package dev.fairway.apiserver.http;

import dev.fairway.apiserver.request.Response.ClientGone;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.http.HttpPrologue;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1ConnectionListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The streaming answers that run now. While one runs, a second thread reads from its connection: a client that goes
 * away is noticed at once, not when the next event is written. The connection ends with its stream, since what that
 * thread may have read is lost.
 */
final class Streams implements Http1ConnectionListener, AutoCloseable {
    private final ThreadLocal<ConnectionContext> connection = new ThreadLocal<>();
    private final Set<Stream> running = ConcurrentHashMap.newKeySet();
    private final Deadlines deadlines;
    private final Duration timeout;

    /** @param timeout how long a client may take for each piece of a stream */
    Streams(Deadlines deadlines, Duration timeout) {
        this.deadlines = deadlines;
        this.timeout = timeout;
    }

    @Override
    public void prologue(ConnectionContext context, HttpPrologue prologue) {
        connection.set(context);
    }

    /** Begins a stream on the calling thread's connection, whose client has nothing more to say. */
    Stream begin() {
        Stream stream = stream();
        stream.listen(Streams::ignore);
        return stream;
    }

    /** As {@link #begin}; {@link Stream#listen} is yet to be called. */
    Stream stream() {
        ConnectionContext context = connection.get();
        Stream stream = new Stream(context.dataWriter(), context.dataReader());
        running.add(stream);
        return stream;
    }

    private static void ignore(DataReader reader) {
        while (true) {
            reader.ensureAvailable();
            reader.skip(reader.available());
        }
    }

    /** Ends all streams. */
    @Override
    public void close() {
        running.forEach(Stream::end);
    }

    /** One running stream. */
    final class Stream implements ClientGone, AutoCloseable {
        private final List<Runnable> actions = new ArrayList<>(1);
        private final DataWriter writer;
        private final DataReader reader;
        private boolean ended;

        private Stream(DataWriter writer, DataReader reader) {
            this.writer = writer;
            this.reader = reader;
        }

        /**
         * Writes to the connection at once.
         *
         * @throws IOException when the client has gone, or takes nothing
         */
        void write(byte[] bytes) throws IOException {
            try {
                deadlines.within(timeout, () -> {
                    writer.writeNow(BufferData.create(bytes));
                    return bytes;
                });
            } catch (UncheckedIOException e) {
                throw e.getCause();
            } catch (RuntimeException e) {
                throw new IOException("client has gone", e);
            }
        }

        /** Reads from the client in a thread of its own; the stream ends when the reading does. */
        void listen(Consumer<DataReader> reading) {
            Thread.ofVirtual().name("stream-end").start(() -> {
                try {
                    reading.accept(reader);
                } catch (RuntimeException e) {
                    System.getLogger(Streams.class.getName()).log(System.Logger.Level.TRACE, "stream ended", e);
                } finally {
                    end();
                }
            });
        }

        private void end() {
            List<Runnable> due;
            synchronized (actions) {
                if (ended) {
                    return;
                }
                ended = true;
                due = List.copyOf(actions);
            }
            due.forEach(Runnable::run);
        }

        @Override
        public void whenGone(Runnable action) {
            synchronized (actions) {
                if (!ended) {
                    actions.add(action);
                    return;
                }
            }
            action.run();
        }

        @Override
        public void close() {
            running.remove(this);
            end();
        }
    }
}
