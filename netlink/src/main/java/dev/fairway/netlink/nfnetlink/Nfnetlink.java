package dev.fairway.netlink.nfnetlink;

import dev.fairway.netlink.wire.NetlinkWriter;

/** Constants and the header of {@code linux/netfilter/nfnetlink.h}. */
public final class Nfnetlink {
    /** {@code NFNL_SUBSYS_CTNETLINK}. */
    public static final int SUBSYS_CTNETLINK = 1;
    /** {@code NFNL_SUBSYS_ACCT}. */
    public static final int SUBSYS_ACCT = 7;
    /** {@code NFNL_SUBSYS_NFTABLES}. */
    public static final int SUBSYS_NFTABLES = 10;
    /** {@code NFNL_MSG_BATCH_BEGIN}. */
    public static final int BATCH_BEGIN = 0x10;
    /** {@code NFNL_MSG_BATCH_END}. */
    public static final int BATCH_END = 0x11;
    /** {@code NFNL_BATCH_GENID}: the ruleset generation that the batch was computed from. */
    public static final int BATCH_GENID = 1;
    /** {@code NFNLGRP_NFTABLES}: the multicast group of ruleset changes. */
    public static final int GROUP_NFTABLES = 7;

    /** {@code NFPROTO_UNSPEC}. */
    public static final int NFPROTO_UNSPEC = 0;
    /** {@code NFPROTO_INET}. */
    public static final int NFPROTO_INET = 1;
    /** {@code NFPROTO_IPV4}. */
    public static final int NFPROTO_IPV4 = 2;
    /** {@code NFPROTO_IPV6}. */
    public static final int NFPROTO_IPV6 = 10;

    /** {@code sizeof(struct nfgenmsg)}. */
    public static final int HEADER = 4;

    private Nfnetlink() {
    }

    /** {@code nlmsg_type} of a subsystem's message. */
    public static int type(int subsystem, int message) {
        return subsystem << 8 | message;
    }

    /** The subsystem of an {@code nlmsg_type} ({@code NFNL_SUBSYS_ID}). */
    public static int subsystem(int type) {
        return type >> 8;
    }

    /** The message of an {@code nlmsg_type} ({@code NFNL_MSG_TYPE}). */
    public static int message(int type) {
        return type & 0xff;
    }

    /** {@code struct nfgenmsg}; {@code resource} goes out in network byte order. */
    public static NetlinkWriter header(NetlinkWriter request, int family, int resource) {
        return request.raw((byte) family, (byte) 0, (byte) (resource >> 8), (byte) resource);
    }
}
