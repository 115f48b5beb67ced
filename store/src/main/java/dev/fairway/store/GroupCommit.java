package dev.fairway.store;

import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.sqlite.SQLiteErrorCode;

/**
 * The one writer of a {@link SqliteFile}: writes that arrive while it waits for the disk share the next transaction,
 * so that sixteen callers cost little more than one.
 */
final class GroupCommit implements AutoCloseable {

    /** Looks at what a key holds and says which event the write leads to, or throws why it must not be. */
    @FunctionalInterface
    interface Decision {
        Event decide(Optional<Entry> current, long revision);
    }

    private static final int MAX_WRITES = 512;
    private static final int GARBAGE_SLICE = 256;

    private sealed interface Request {}

    private record Write(String key, Decision decision, CompletableFuture<Event> answer) implements Request {}

    private record Compact(long revision, CompletableFuture<Void> answer) implements Request {}

    private record Discard(List<Long> revisions) implements Request {}

    private record Stop() implements Request {}

    private final SqliteFile file;
    private final SqliteCheckpointer checkpointer;
    private final MvccCore core;
    private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
    private final Queue<Long> garbage = new ArrayDeque<>();
    private final Thread thread;
    private boolean stopped;

    GroupCommit(SqliteFile file, SqliteCheckpointer checkpointer, MvccCore core) {
        this.file = file;
        this.checkpointer = checkpointer;
        this.core = core;
        this.thread = Thread.ofPlatform().daemon().name("store-writer").start(this::run);
    }

    /** Returns when the write is on the disk and visible. */
    Event write(String key, Decision decision) {
        CompletableFuture<Event> answer = new CompletableFuture<>();
        submit(new Write(key, decision, answer));
        return await(answer);
    }

    /** Notes on the disk that history up to {@code revision} is about to go. */
    void noteCompaction(long revision) {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        submit(new Compact(revision, answer));
        await(answer);
    }

    /** Deletes rows that nobody can reach any more, when there is time. */
    void discard(List<Long> revisions) {
        submit(new Discard(revisions));
    }

    private synchronized void submit(Request request) {
        if (stopped) {
            throw new StoreException("the store is closed");
        }
        requests.add(request);
    }

    private static <T> T await(CompletableFuture<T> answer) {
        try {
            return answer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StoreException reason) {
                throw reason;
            }
            throw e;
        }
    }

    private void run() {
        List<Request> batch = new ArrayList<>();
        while (true) {
            batch.clear();
            Request first = next();
            if (first != null) {
                batch.add(first);
                requests.drainTo(batch, MAX_WRITES - 1);
            }
            List<Write> writes = new ArrayList<>();
            boolean stop = false;
            for (Request request : batch) {
                switch (request) {
                    case Write write -> writes.add(write);
                    case Compact(long revision, CompletableFuture<Void> answer) -> compact(revision, answer);
                    case Discard(List<Long> revisions) -> garbage.addAll(revisions);
                    case Stop() -> stop = true;
                }
            }
            if (!writes.isEmpty()) {
                commit(writes);
            }
            if (stop) {
                return;
            }
            if (!garbage.isEmpty()) {
                deleteGarbage();
            }
        }
    }

    /** Null if there is garbage to delete in the meantime. */
    private Request next() {
        if (!garbage.isEmpty()) {
            return requests.poll();
        }
        while (true) {
            try {
                return requests.take();
            } catch (InterruptedException e) {
                // Nobody interrupts this thread on purpose; its end is a Stop.
                continue;
            }
        }
    }

    private void commit(List<Write> writes) {
        // What this transaction has changed so far; a refusal that rests on it must wait for the commit too.
        Map<String, Optional<Entry>> changed = new HashMap<>();
        List<Event> events = new ArrayList<>();
        List<Runnable> answers = new ArrayList<>();
        long revision = core.revision();
        long bytes = 0;
        for (Write write : writes) {
            Optional<Entry> current = changed.getOrDefault(write.key(), core.newest(write.key()));
            try {
                Event event = write.decision().decide(current, revision + 1);
                revision++;
                events.add(event);
                bytes += write.key().length() + event.entry().value().length;
                changed.put(write.key(),
                        event.type() == Event.Type.DELETE ? Optional.empty() : Optional.of(event.entry()));
                answers.add(() -> write.answer().complete(event));
            } catch (StoreException refusal) {
                answers.add(() -> write.answer().completeExceptionally(refusal));
            }
        }
        try {
            core.checkOpen();
            if (!events.isEmpty()) {
                file.insert(events);
                core.apply(events, revision);
                checkpointer.written(bytes);
            }
        } catch (SQLException e) {
            StoreException reason = failed(e);
            writes.forEach(write -> write.answer().completeExceptionally(reason));
            return;
        } catch (StoreException e) {
            writes.forEach(write -> write.answer().completeExceptionally(e));
            return;
        }
        answers.forEach(Runnable::run);
    }

    private void compact(long revision, CompletableFuture<Void> answer) {
        try {
            core.checkCompaction(revision);
            file.setCompacted(revision);
            answer.complete(null);
        } catch (SQLException e) {
            answer.completeExceptionally(failed(e));
        } catch (StoreException e) {
            answer.completeExceptionally(e);
        }
    }

    private void deleteGarbage() {
        List<Long> slice = new ArrayList<>();
        while (!garbage.isEmpty() && slice.size() < GARBAGE_SLICE) {
            slice.add(garbage.remove());
        }
        try {
            file.delete(slice);
        } catch (SQLException e) {
            failed(e);
        }
    }

    /** A full disk refuses this transaction only; after any other failure nobody knows what the file holds. */
    private StoreException failed(SQLException cause) {
        StoreException reason = new StoreException("cannot write to " + file.path() + ": " + cause.getMessage(), cause);
        if (cause.getErrorCode() != SQLiteErrorCode.SQLITE_FULL.code) {
            core.fail(reason);
        }
        return reason;
    }

    /** Finishes the writes accepted so far. */
    @Override
    public void close() {
        synchronized (this) {
            if (!stopped) {
                stopped = true;
                requests.add(new Stop());
            }
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
