package dev.fairway.netlink.socket;

/** The netlink protocols that Fairway speaks, numbered as in {@code linux/netlink.h}. */
public enum NetlinkFamily {
    /** {@code NETLINK_ROUTE}: links, addresses, routes. */
    ROUTE(0),
    /** {@code NETLINK_NETFILTER}: nf_tables, conntrack, nfacct. */
    NETFILTER(12);

    private final int protocol;

    NetlinkFamily(int protocol) {
        this.protocol = protocol;
    }

    int protocol() {
        return protocol;
    }
}
