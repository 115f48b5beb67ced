package dev.fairway.proxy.server;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.function.Consumer;

/** Opens a server, again and again until it works, or once if a failure is to be fatal. */
final class RetryingServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RetryingServer.class.getName());
    private static final Duration PAUSE = Duration.ofSeconds(5);

    /** Opens the server. */
    @FunctionalInterface
    interface Opener {
        AutoCloseable open() throws IOException;
    }

    private final String name;
    private final Opener opener;
    private final Thread thread;
    private AutoCloseable server;
    private boolean closed;

    /** @param fatal told of the first failure, after which nothing more is tried; null to go on trying */
    RetryingServer(String name, Opener opener, Consumer<IOException> fatal) {
        this.name = name;
        this.opener = opener;
        // The first try is made at once, so that a server that can listen does so when the constructor returns.
        this.thread = open(fatal) ? null : Thread.ofVirtual().name(name).start(() -> retry(fatal));
    }

    private void retry(Consumer<IOException> fatal) {
        try {
            do {
                Thread.sleep(PAUSE);
            } while (!open(fatal));
        } catch (InterruptedException e) {
            LOG.log(Level.TRACE, "{0}: not tried any more", name);
        }
    }

    /** True when there is nothing more to try. */
    private synchronized boolean open(Consumer<IOException> fatal) {
        if (closed) {
            return true;
        }
        try {
            server = opener.open();
            return true;
        } catch (IOException e) {
            LOG.log(Level.ERROR, "{0} cannot listen: {1}", name, e.getMessage());
            if (fatal == null) {
                return false;
            }
            fatal.accept(e);
            return true;
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (thread != null) {
            thread.interrupt();
        }
        if (server != null) {
            try {
                server.close();
            } catch (Exception e) {
                LOG.log(Level.WARNING, "closing " + name, e);
            }
        }
    }
}
