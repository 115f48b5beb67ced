package dev.fairway.netlink.wire;

import java.nio.ByteBuffer;

/**
 * {@code struct nlmsghdr} of {@code linux/netlink.h}.
 *
 * @param length whole message in bytes, this header included, padding not
 * @param type {@code nlmsg_type}
 * @param flags {@code nlmsg_flags}, {@code NLM_F_*}
 * @param sequence {@code nlmsg_seq}
 * @param portId {@code nlmsg_pid}, 0 for the kernel
 */
public record NetlinkHeader(int length, int type, int flags, int sequence, int portId) {
    /** {@code NLMSG_HDRLEN}, bytes. */
    public static final int SIZE = 16;

    /** {@code NLMSG_NOOP}. */
    public static final int NOOP = 1;
    /** {@code NLMSG_ERROR}: an error, or an acknowledgement when its error is 0. */
    public static final int ERROR = 2;
    /** {@code NLMSG_DONE}: the end of a dump. */
    public static final int DONE = 3;

    /** {@code NLM_F_REQUEST}. */
    public static final int REQUEST = 0x1;
    /** {@code NLM_F_MULTI}: one of several, ended by {@link #DONE}. */
    public static final int MULTI = 0x2;
    /** {@code NLM_F_ACK}. */
    public static final int ACK = 0x4;
    /** {@code NLM_F_ECHO}. */
    public static final int ECHO = 0x8;
    /** {@code NLM_F_DUMP_INTR}: the dumped table changed meanwhile, the dump may be inconsistent. */
    public static final int DUMP_INTR = 0x10;
    /** {@code NLM_F_DUMP}. */
    public static final int DUMP = 0x300;
    /** {@code NLM_F_REPLACE}. */
    public static final int REPLACE = 0x100;
    /** {@code NLM_F_EXCL}. */
    public static final int EXCL = 0x200;
    /** {@code NLM_F_CREATE}. */
    public static final int CREATE = 0x400;
    /** {@code NLM_F_APPEND}. */
    public static final int APPEND = 0x800;
    /** {@code NLM_F_NONREC}: delete requests: do not delete recursively. */
    public static final int NONREC = 0x100;
    /** {@code NLM_F_CAPPED}: an error message carries only the header of the request. */
    public static final int CAPPED = 0x100;
    /** {@code NLM_F_ACK_TLVS}: an error message carries attributes. */
    public static final int ACK_TLVS = 0x200;

    /**
     * Reads the header at the buffer's position and moves past it.
     *
     * @throws MalformedMessageException if fewer than {@link #SIZE} bytes are left, or the length is impossible
     */
    public static NetlinkHeader read(ByteBuffer buffer) {
        int available = buffer.remaining();
        if (available < SIZE) {
            throw new MalformedMessageException("nlmsghdr needs " + SIZE + " bytes, " + available + " are left");
        }
        var header = new NetlinkHeader(buffer.getInt(), Short.toUnsignedInt(buffer.getShort()),
                Short.toUnsignedInt(buffer.getShort()), buffer.getInt(), buffer.getInt());
        if (header.length < SIZE || header.length > available) {
            throw new MalformedMessageException(
                    "nlmsg_len is " + header.length + " where " + available + " bytes are left");
        }
        return header;
    }

    /** Whether all the given flag bits are set. */
    public boolean has(int flag) {
        return (flags & flag) == flag;
    }
}
