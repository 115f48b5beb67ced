package dev.fairway.proxy.iptables;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Runs one step at a time beside its caller, who prepares the next meanwhile. What a step has done is visible to the next
 * step and, after {@link #await}, to the caller. Only one thread may call it.
 */
final class Beside {
    /** Something that may fail. */
    @FunctionalInterface
    interface Step {
        void run() throws IOException;
    }

    private CompletableFuture<Void> running = CompletableFuture.completedFuture(null);

    /**
     * Starts a step once the one before has ended.
     *
     * @throws IOException if that one failed; then this one is not started
     */
    void run(Step step) throws IOException {
        await();
        running = CompletableFuture.runAsync(() -> {
            try {
                step.run();
            } catch (IOException e) {
                throw new CompletionException(e);
            }
        }, Thread::startVirtualThread);
    }

    /** @throws IOException if the last step failed */
    void await() throws IOException {
        try {
            running.join();
        } catch (CompletionException failure) {
            running = CompletableFuture.completedFuture(null);
            switch (failure.getCause()) {
                case IOException e -> throw e;
                case RuntimeException e -> throw e;
                default -> throw failure;
            }
        }
    }
}
