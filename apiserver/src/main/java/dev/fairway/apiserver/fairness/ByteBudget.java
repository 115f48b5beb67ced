package dev.fairway.apiserver.fairness;

import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.errors.StatusException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** How many bytes of large things are held at a time for all requests together: many at once must not be more than the heap. */
public final class ByteBudget {
    /** Up to so many bytes a thing counts for nothing; almost all are smaller. */
    private static final int SMALL = 64 << 10;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);
    private static final Share NOTHING = () -> { };
    /** No more than the budgets let run. */
    private static final Executor THREADS = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("large-request-", 0).factory());

    private final int total;
    private final Semaphore bytes;

    /** A share of the budget, until it is closed. */
    @FunctionalInterface
    public interface Share extends AutoCloseable {
        @Override
        void close();
    }

    /** A budget of so many bytes; a thing that is larger gets all of it. */
    public ByteBudget(long total) {
        this.total = (int) Math.clamp(total, 1, 1 << 30);
        this.bytes = new Semaphore(this.total, true);
    }

    /** A budget of a part of this process's heap, of {@code least} bytes at least. */
    public static ByteBudget ofHeap(int part, long least) {
        return new ByteBudget(Math.max(least, Runtime.getRuntime().maxMemory() / part));
    }

    /**
     * Waits for a share.
     *
     * @throws dev.fairway.apiserver.errors.StatusException 429 when there is none in time
     */
    public Share take(long wanted) {
        if (wanted <= SMALL) {
            return NOTHING;
        }
        int share = (int) Math.min(wanted, total);
        try {
            if (!bytes.tryAcquire(share, LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw refusal();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Errors.unavailable("the server is stopping");
        }
        return () -> bytes.release(share);
    }

    /**
     * Waits for a share, and does something with it.
     *
     * @throws dev.fairway.apiserver.errors.StatusException 429 when there is no share in time
     */
    public <T> T run(long wanted, Supplier<T> work) {
        try (var _ = take(wanted)) {
            return inTurn(wanted, work);
        }
    }

    /**
     * Does something with a share that the caller has. Virtual threads are not interrupted for others: two that parse for
     * long would hold up everybody where there are two processors. So what is large runs in a thread of the system's.
     */
    public <T> T inTurn(long size, Supplier<T> work) {
        if (size <= SMALL) {
            return work.get();
        }
        try {
            return CompletableFuture.supplyAsync(work, THREADS).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** A share at once; empty when there is none. */
    public Optional<Share> tryTake(long wanted) {
        if (wanted <= SMALL) {
            return Optional.of(NOTHING);
        }
        int share = (int) Math.min(wanted, total);
        return bytes.tryAcquire(share) ? Optional.of(() -> bytes.release(share)) : Optional.empty();
    }

    /** What somebody is told for whom there was no share. */
    public static StatusException refusal() {
        return Errors.tooManyRequests("too many large requests, please try again later", 1);
    }
}
