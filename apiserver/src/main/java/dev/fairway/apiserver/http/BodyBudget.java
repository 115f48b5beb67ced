package dev.fairway.apiserver.http;

import dev.fairway.apiserver.config.ApiServerConfig;
import dev.fairway.apiserver.errors.Errors;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * How many bytes of large request bodies are held at a time, whoever sent them: as a tree a body takes a good ten times its
 * size, and many at once must not be more than the heap.
 */
final class BodyBudget {
    /** Up to so many bytes a body counts for nothing; almost all are smaller. */
    private static final int SMALL = 64 << 10;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);
    private static final Share NOTHING = () -> { };

    private final Semaphore bytes;

    /** A share of the budget, until it is closed. */
    @FunctionalInterface
    interface Share extends AutoCloseable {
        @Override
        void close();
    }

    /** @param heap most bytes that this process has for objects */
    BodyBudget(long heap) {
        this.bytes = new Semaphore((int) Math.clamp(heap / 64, 2L * ApiServerConfig.MAX_BODY_BYTES, 1 << 30), true);
    }

    /**
     * Waits for a share.
     *
     * @param length the body's length; negative if it is not known
     * @throws dev.fairway.apiserver.errors.StatusException 429 when there is none in time
     */
    Share take(long length) {
        if (length >= 0 && length <= SMALL) {
            return NOTHING;
        }
        int wanted = length < 0 ? ApiServerConfig.MAX_BODY_BYTES : (int) Math.min(length, ApiServerConfig.MAX_BODY_BYTES);
        try {
            if (!bytes.tryAcquire(wanted, LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw Errors.tooManyRequests("too many large requests, please try again later", 1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Errors.unavailable("the server is stopping");
        }
        return () -> bytes.release(wanted);
    }
}
