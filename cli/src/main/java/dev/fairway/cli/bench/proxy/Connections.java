package dev.fairway.cli.bench.proxy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.locks.LockSupport;

/** Opens real connections from the calling thread's namespace. */
final class Connections {
    /** A lost first packet would be sent again only after a second; a fresh try tells sooner. */
    private static final int TRY_MILLIS = 20;
    private static final long PAUSE_NANOS = 500_000;

    private Connections() {}

    /** What a connection met. */
    enum Outcome {
        CONNECTED,
        REFUSED,
        TIMED_OUT
    }

    static Outcome connect(String address, int port, int timeoutMillis) throws IOException {
        try (Socket socket = new Socket()) {
            // Reset at the end, so that thousands of tries leave no sockets in TIME_WAIT.
            socket.setSoLinger(true, 0);
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral(address), port), timeoutMillis);
            return Outcome.CONNECTED;
        } catch (SocketTimeoutException e) {
            return Outcome.TIMED_OUT;
        } catch (ConnectException e) {
            return Outcome.REFUSED;
        }
    }

    /**
     * Tries until a connection meets what is waited for.
     *
     * @return nanoseconds from {@code startNanos} to the end of the first that did
     */
    static long await(String address, int port, Outcome wanted, long startNanos, long patienceNanos) throws IOException {
        while (true) {
            if (connect(address, port, TRY_MILLIS) == wanted) {
                return System.nanoTime() - startNanos;
            }
            if (System.nanoTime() - startNanos > patienceNanos) {
                throw new IOException("no connection to " + address + " was " + wanted + " within "
                        + patienceNanos / 1_000_000_000 + " s");
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
