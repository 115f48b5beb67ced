package dev.fairway.apiserver.local;

import dev.fairway.apiserver.request.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A streaming answer as an InputStream: its body runs in a thread of its own until it ends or the reader closes. */
final class Pipe extends InputStream {
    private static final int CAPACITY_BYTES = 1 << 20;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<byte[]> chunks = new ArrayDeque<>();
    private final List<Runnable> whenClosed = new ArrayList<>(1);
    private int offset;
    private int size;
    private boolean closed;
    private boolean finished;

    private Pipe() {
    }

    static Pipe run(Response.Body body) {
        Pipe pipe = new Pipe();
        Thread.ofVirtual().name("local-stream").start(() -> pipe.produce(body));
        return pipe;
    }

    private void produce(Response.Body body) {
        try {
            body.writeTo(new Writer(), this::whenClosed);
        } catch (IOException | RuntimeException e) {
            System.getLogger(Pipe.class.getName()).log(System.Logger.Level.DEBUG, "stream ended early", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.lock();
            try {
                finished = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private void whenClosed(Runnable action) {
        lock.lock();
        try {
            if (!closed) {
                whenClosed.add(action);
                return;
            }
        } finally {
            lock.unlock();
        }
        action.run();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int start, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        lock.lock();
        try {
            while (chunks.isEmpty()) {
                if (closed) {
                    throw new IOException("stream closed");
                }
                if (finished) {
                    return -1;
                }
                await();
            }
            byte[] chunk = chunks.peekFirst();
            int count = Math.min(length, chunk.length - offset);
            System.arraycopy(chunk, offset, target, start, count);
            offset += count;
            if (offset == chunk.length) {
                chunks.removeFirst();
                offset = 0;
                size -= chunk.length;
                changed.signalAll();
            }
            return count;
        } finally {
            lock.unlock();
        }
    }

    private void await() throws InterruptedIOException {
        try {
            changed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    @Override
    public void close() {
        List<Runnable> actions;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            actions = List.copyOf(whenClosed);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        actions.forEach(Runnable::run);
    }

    private final class Writer extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int start, int length) throws IOException {
            if (length == 0) {
                return;
            }
            byte[] chunk = Arrays.copyOfRange(bytes, start, start + length);
            lock.lock();
            try {
                while (size >= CAPACITY_BYTES && !closed) {
                    Pipe.this.await();
                }
                if (closed) {
                    throw new IOException("stream closed");
                }
                chunks.addLast(chunk);
                size += length;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
