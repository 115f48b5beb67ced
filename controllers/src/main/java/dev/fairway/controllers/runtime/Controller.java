package dev.fairway.controllers.runtime;

/**
 * A control loop. Its constructor registers handlers on informers; nothing is written before {@link #start()}.
 */
public interface Controller extends AutoCloseable {
    /** Starts the work; called once, when all informers hold their first list. */
    void start();

    /** Stops taking up work; what is being written ends by itself. */
    @Override
    void close();
}
