package dev.fairway.proxy.state;

import dev.fairway.proxy.model.Endpoint;
import dev.fairway.proxy.model.IpAddress;

/**
 * An endpoint as one Service port uses it.
 *
 * @param port where it listens
 * @param local whether it runs on this node
 */
public record Backend(Endpoint endpoint, int port, boolean local) {
    public IpAddress address() {
        return endpoint.address();
    }

    public boolean ready() {
        return endpoint.ready();
    }

    /** Still answering, although on its way out: what is used where nothing is ready. */
    public boolean servingTerminating() {
        return endpoint.serving() && endpoint.terminating();
    }

    /** {@code 10.0.0.1:80} or {@code [fd00::1]:80}. */
    @Override
    public String toString() {
        return endpoint.address().withPort(port);
    }
}
