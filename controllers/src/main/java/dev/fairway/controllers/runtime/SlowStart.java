package dev.fairway.controllers.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Runs many writes in parallel batches of 1, 2, 4, … so that what will fail for all of them (a quota, a policy)
 * costs the server one request and not a thousand.
 */
public final class SlowStart {
    private static final int LARGEST_BATCH = 64;

    private SlowStart() {}

    /**
     * Runs {@code work} for each item until a batch has a failure.
     *
     * @return the first failure, if there was one; later batches were not begun then
     */
    public static <T> Optional<RuntimeException> run(List<T> items, Consumer<T> work) throws InterruptedException {
        int batch = 1;
        for (int from = 0; from < items.size(); ) {
            int to = Math.min(items.size(), from + batch);
            Optional<RuntimeException> failure = batch(items.subList(from, to), work);
            if (failure.isPresent()) {
                return failure;
            }
            from = to;
            batch = Math.min(LARGEST_BATCH, batch * 2);
        }
        return Optional.empty();
    }

    /** Runs {@code work} for all items at once. */
    public static <T> Optional<RuntimeException> batch(List<T> items, Consumer<T> work) throws InterruptedException {
        List<T> all = new ArrayList<>(items);
        AtomicReference<RuntimeException> failure = new AtomicReference<>();
        CountDownLatch done = new CountDownLatch(all.size());
        for (T item : all) {
            Thread.ofVirtual().start(() -> {
                try {
                    work.accept(item);
                } catch (RuntimeException e) {
                    failure.compareAndSet(null, e);
                } finally {
                    done.countDown();
                }
            });
        }
        done.await();
        return Optional.ofNullable(failure.get());
    }
}
