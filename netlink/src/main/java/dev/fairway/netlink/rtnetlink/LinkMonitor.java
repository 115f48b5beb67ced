package dev.fairway.netlink.rtnetlink;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.socket.NetlinkFamily;
import dev.fairway.netlink.socket.NetlinkSocket;
import dev.fairway.netlink.sys.ErrnoException;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Predicate;

/**
 * Waits for changes of a namespace's links ({@code RTNLGRP_LINK}). The kernel takes a bridge into service up to a second
 * after its first port came up and drops what is sent through it until then; {@link #awaitRunning} tells when that is
 * over. IPv6 has a second delay of its own: an interface forwards only once its link-local address passed duplicate
 * address detection, which the sysctl {@code net/ipv6/conf/default/accept_dad} of 0 leaves out for interfaces made later.
 */
public final class LinkMonitor implements AutoCloseable {
    private static final int RTNLGRP_LINK = 1;

    private final NetlinkSocket events;
    private final Rtnetlink rtnetlink;

    private LinkMonitor(NetlinkSocket events, Rtnetlink rtnetlink) {
        this.events = events;
        this.rtnetlink = rtnetlink;
    }

    public static LinkMonitor open(NetworkNamespace namespace) throws IOException {
        var events = namespace.netlinkSocket(NetlinkFamily.ROUTE);
        try {
            events.subscribe(RTNLGRP_LINK);
            return new LinkMonitor(events, Rtnetlink.open(namespace));
        } catch (IOException failure) {
            events.close();
            throw failure;
        }
    }

    /**
     * Waits until an interface forwards packets.
     *
     * @return whether it does, false when the time is over
     */
    public boolean awaitRunning(String name, Duration timeout) throws ErrnoException {
        return await(name, Link::isRunning, timeout);
    }

    /** Waits until an interface exists and meets a condition, which is asked again at every change of a link. */
    public boolean await(String name, Predicate<Link> condition, Duration timeout) throws ErrnoException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (rtnetlink.link(name).filter(condition).isEmpty()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            events.receive(Duration.ofNanos(left).plusMillis(1));
        }
        return true;
    }

    @Override
    public void close() {
        events.close();
        rtnetlink.close();
    }
}
