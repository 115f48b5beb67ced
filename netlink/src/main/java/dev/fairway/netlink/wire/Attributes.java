package dev.fairway.netlink.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A sequence of {@code struct nlattr}, looked up by type. A type that occurs more than once is seen through
 * {@link #all()}; the lookups answer with its last occurrence, as the kernel's {@code nla_parse} does.
 */
public final class Attributes {
    /** {@code NLA_TYPE_MASK}: without {@code NLA_F_NESTED} and {@code NLA_F_NET_BYTEORDER}. */
    static final int TYPE_MASK = 0x3fff;
    private static final int HEADER = 4;

    private final ByteBuffer buffer;
    /** Offset of the attribute header by type, or -1. */
    private final int[] offsets;

    private Attributes(ByteBuffer buffer, int[] offsets) {
        this.buffer = buffer;
        this.offsets = offsets;
    }

    /**
     * Reads attributes up to the end of the buffer.
     *
     * @throws MalformedMessageException if an attribute's length does not fit
     */
    public static Attributes parse(ByteBuffer bytes) {
        var buffer = bytes.slice().order(ByteOrder.nativeOrder());
        var offsets = new int[16];
        Arrays.fill(offsets, -1);
        for (int at = 0; at + HEADER <= buffer.limit(); at += NetlinkMessage.align(length(buffer, at))) {
            int length = length(buffer, at);
            if (length < HEADER || at + length > buffer.limit()) {
                throw new MalformedMessageException(
                        "nla_len is " + length + " at offset " + at + " of " + buffer.limit() + " bytes");
            }
            int type = type(buffer, at);
            if (type >= offsets.length) {
                int old = offsets.length;
                offsets = Arrays.copyOf(offsets, Math.max(type + 1, old * 2));
                Arrays.fill(offsets, old, offsets.length, -1);
            }
            offsets[type] = at;
        }
        return new Attributes(buffer, offsets);
    }

    private static int length(ByteBuffer buffer, int at) {
        return Short.toUnsignedInt(buffer.getShort(at));
    }

    private static int type(ByteBuffer buffer, int at) {
        return buffer.getShort(at + 2) & TYPE_MASK;
    }

    public boolean has(int type) {
        return type < offsets.length && offsets[type] >= 0;
    }

    /** The payload of the attribute, position 0, in the machine's byte order. */
    public ByteBuffer bytes(int type) {
        return payload(offset(type));
    }

    /** A copy of the attribute's payload. */
    public byte[] array(int type) {
        var bytes = bytes(type);
        var copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return copy;
    }

    public int u8(int type) {
        return Byte.toUnsignedInt(buffer.get(value(type, 1)));
    }

    public int u16(int type) {
        return Short.toUnsignedInt(buffer.getShort(value(type, 2)));
    }

    public int be16(int type) {
        int at = value(type, 2);
        return (buffer.get(at) & 0xff) << 8 | buffer.get(at + 1) & 0xff;
    }

    /** The 32 bits of the attribute; unsigned values above 2^31 come out negative. */
    public int u32(int type) {
        return buffer.getInt(value(type, 4));
    }

    /** The 32 bits of the attribute, sent in network byte order. */
    public int be32(int type) {
        int value = u32(type);
        return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? Integer.reverseBytes(value) : value;
    }

    public int be32(int type, int absent) {
        return has(type) ? be32(type) : absent;
    }

    public int u32(int type, int absent) {
        return has(type) ? u32(type) : absent;
    }

    /** The 64 bits of the attribute, sent in network byte order. */
    public long be64(int type) {
        long value = buffer.getLong(value(type, 8));
        return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? Long.reverseBytes(value) : value;
    }

    /** The attribute as text, up to its first NUL. */
    public String string(int type) {
        var bytes = array(type);
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }

    public String string(int type, String absent) {
        return has(type) ? string(type) : absent;
    }

    /** The attributes inside an attribute. */
    public Attributes nested(int type) {
        return parse(bytes(type));
    }

    /** The attributes inside an attribute, or none if it is absent. */
    public Attributes nestedOrEmpty(int type) {
        return has(type) ? nested(type) : parse(ByteBuffer.allocate(0));
    }

    /** One attribute of a sequence. */
    public record Entry(int type, ByteBuffer bytes) {
        public Attributes nested() {
            return parse(bytes);
        }
    }

    /** Every attribute, in order, repeated types included. */
    public List<Entry> all() {
        var entries = new ArrayList<Entry>();
        for (int at = 0; at + HEADER <= buffer.limit(); at += NetlinkMessage.align(length(buffer, at))) {
            entries.add(new Entry(type(buffer, at), payload(at)));
        }
        return entries;
    }

    private ByteBuffer payload(int at) {
        return buffer.slice(at + HEADER, length(buffer, at) - HEADER).order(ByteOrder.nativeOrder());
    }

    private int offset(int type) {
        if (!has(type)) {
            throw new MalformedMessageException("attribute " + type + " is missing");
        }
        return offsets[type];
    }

    private int value(int type, int size) {
        int at = offset(type);
        int length = length(buffer, at) - HEADER;
        if (length < size) {
            throw new MalformedMessageException(
                    "attribute " + type + " has " + length + " bytes where " + size + " are needed");
        }
        return at + HEADER;
    }
}
