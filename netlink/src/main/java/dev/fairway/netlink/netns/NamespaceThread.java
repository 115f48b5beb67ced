package dev.fairway.netlink.netns;

import dev.fairway.netlink.sys.ErrnoException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Threads that change their namespace and are thrown away, since a changed thread must never serve anyone else. */
final class NamespaceThread {
    private NamespaceThread() {
    }

    /** Takes the calling thread to its namespace. */
    @FunctionalInterface
    interface Entry {
        void enter() throws ErrnoException;
    }

    /** Enters and acts on a fresh platform thread and waits for it, through interrupts, which are restored. */
    static <T, X extends Exception> T run(Entry entry, NetworkNamespace.Action<T, X> action) throws X, ErrnoException {
        var future = new FutureTask<>(() -> {
            entry.enter();
            return action.call();
        });
        Thread.ofPlatform().name("netns").daemon().start(future);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException interrupt) {
                    interrupted = true;
                } catch (ExecutionException failure) {
                    throw NamespaceThread.<X>rethrown(failure.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The thread throws only X, ErrnoException and unchecked exceptions, which the caller declares. */
    @SuppressWarnings("unchecked")
    private static <X extends Exception> X rethrown(Throwable cause) throws X {
        switch (cause) {
            case Error error -> throw error;
            case RuntimeException unchecked -> throw unchecked;
            case Exception checked -> throw (X) checked;
            default -> throw new CompletionException(cause);
        }
    }
}
