package dev.fairway.proxy.iptables;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Runs a few steps at a time beside their caller, who prepares the next meanwhile. What steps have done is visible to the
 * caller, and to later steps, after {@link #await}. Only one thread may call it.
 */
final class Beside {
    /** Something that may fail. */
    @FunctionalInterface
    interface Step {
        void run() throws IOException;
    }

    private final int most;
    private final Deque<CompletableFuture<Void>> running = new ArrayDeque<>();

    /** @param most how many steps may run at a time */
    Beside(int most) {
        this.most = most;
    }

    /**
     * Starts a step once there is room for it.
     *
     * @throws IOException if one before failed; then this one is not started
     */
    void run(Step step) throws IOException {
        while (running.size() >= most) {
            awaitFirst();
        }
        running.addLast(CompletableFuture.runAsync(() -> {
            try {
                step.run();
            } catch (IOException e) {
                throw new CompletionException(e);
            }
        }, Thread::startVirtualThread));
    }

    /** @throws IOException if a step failed; then all have ended nevertheless */
    void await() throws IOException {
        while (!running.isEmpty()) {
            awaitFirst();
        }
    }

    private void awaitFirst() throws IOException {
        try {
            running.removeFirst().join();
        } catch (CompletionException failure) {
            running.forEach(each -> each.handle((nothing, also) -> null).join());
            running.clear();
            switch (failure.getCause()) {
                case IOException e -> throw e;
                case RuntimeException e -> throw e;
                default -> throw failure;
            }
        }
    }
}
