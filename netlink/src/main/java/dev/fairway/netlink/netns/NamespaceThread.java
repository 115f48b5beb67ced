package dev.fairway.netlink.netns;

import dev.fairway.netlink.sys.ErrnoException;
import dev.fairway.netlink.sys.Libc;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Threads that change their namespace and are thrown away, since a changed thread must never serve anyone else. */
final class NamespaceThread {
    private static final String OWN = "/proc/thread-self/ns/net";

    private NamespaceThread() {
    }

    /** Takes the calling thread to its namespace. */
    @FunctionalInterface
    interface Entry {
        void enter() throws ErrnoException;
    }

    /**
     * Enters and acts on a fresh platform thread and waits for it, through interrupts, which are restored. The thread is
     * back where it came from before it says that it is done: to wake a virtual thread can start a carrier, and a new
     * thread is where the one that starts it is.
     */
    static <T, X extends Exception> T run(Entry entry, NetworkNamespace.Action<T, X> action) throws X, ErrnoException {
        var future = new FutureTask<>(() -> {
            int home = Libc.open(OWN, Libc.O_RDONLY | Libc.O_CLOEXEC);
            try {
                entry.enter();
                try {
                    return action.call();
                } finally {
                    Libc.setns(home, Libc.CLONE_NEWNET);
                }
            } finally {
                Libc.close(home);
            }
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
