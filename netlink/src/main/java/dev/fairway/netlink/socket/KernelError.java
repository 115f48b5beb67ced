package dev.fairway.netlink.socket;

import dev.fairway.netlink.sys.Errno;
import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkHeader;
import dev.fairway.netlink.wire.NetlinkMessage;
import java.util.Optional;

/**
 * What an {@code NLMSG_ERROR} message says: the kernel's answer to one request.
 *
 * @param errno positive error number, 0 for an acknowledgement
 * @param sequence {@code nlmsg_seq} of the request that it answers
 * @param message the kernel's extended acknowledgement ({@code NLMSGERR_ATTR_MSG}), if it gave one
 * @param offset bytes from the start of the request to the attribute at fault ({@code NLMSGERR_ATTR_OFFS}), or -1
 */
public record KernelError(int errno, int sequence, Optional<String> message, int offset) {
    /** {@code NLMSGERR_ATTR_MSG}. */
    private static final int ATTR_MSG = 1;
    /** {@code NLMSGERR_ATTR_OFFS}. */
    private static final int ATTR_OFFS = 2;

    /** Decodes an {@code NLMSG_ERROR} message. */
    public static KernelError decode(NetlinkMessage error) {
        var payload = error.payload().duplicate().order(error.payload().order());
        int errno = -payload.getInt();
        var request = new NetlinkHeader(payload.getInt(), Short.toUnsignedInt(payload.getShort()),
                Short.toUnsignedInt(payload.getShort()), payload.getInt(), payload.getInt());
        if (!error.header().has(NetlinkHeader.ACK_TLVS)) {
            return new KernelError(errno, request.sequence(), Optional.empty(), -1);
        }
        int echoed = error.header().has(NetlinkHeader.CAPPED) ? NetlinkHeader.SIZE : request.length();
        return withDetails(errno, request.sequence(), error.attributes(4 + NetlinkMessage.align(echoed)));
    }

    /** The error that ends a dump: {@code NLMSG_DONE} carries an errno and, if it is not 0, details. */
    static KernelError ofDone(NetlinkMessage done) {
        int errno = done.payload().remaining() >= 4 ? -done.payload().getInt(0) : 0;
        int sequence = done.header().sequence();
        return errno > 0 && done.header().has(NetlinkHeader.ACK_TLVS)
                ? withDetails(errno, sequence, done.attributes(4))
                : new KernelError(Math.max(errno, 0), sequence, Optional.empty(), -1);
    }

    private static KernelError withDetails(int errno, int sequence, Attributes details) {
        var message = details.has(ATTR_MSG) ? Optional.of(details.string(ATTR_MSG)) : Optional.<String>empty();
        return new KernelError(errno, sequence, message, details.u32(ATTR_OFFS, -1));
    }

    /** Whether the request succeeded. */
    public boolean isAck() {
        return errno == 0;
    }

    public boolean is(int errno) {
        return this.errno == errno;
    }

    @Override
    public String toString() {
        return Errno.name(errno) + message.map(text -> ": " + text).orElse("")
                + (offset >= 0 ? " (attribute at byte " + offset + ")" : "") + " [sequence " + sequence + "]";
    }
}
