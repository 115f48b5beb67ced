package dev.fairway.cluster;

import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;

/** What has been started, to be closed in the reverse order; one that fails to close does not keep the others. */
final class Closing implements AutoCloseable {
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();

    synchronized <T extends AutoCloseable> T add(T part) {
        parts.push(part);
        return part;
    }

    @Override
    public synchronized void close() {
        while (!parts.isEmpty()) {
            AutoCloseable part = parts.pop();
            try {
                part.close();
            } catch (Exception e) {
                System.getLogger(Closing.class.getName()).log(Level.WARNING, "closing " + part.getClass().getSimpleName(), e);
            }
        }
    }
}
