package dev.fairway.netlink.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Writes netlink messages one after another into a buffer that grows. Attribute methods write one {@code struct nlattr}
 * with its padding; "be" methods write network byte order, the others the machine's. Not safe for use by two threads.
 */
public final class NetlinkWriter {
    /** {@code NLA_F_NESTED}. */
    public static final int NESTED = 0x8000;
    private static final int HEADER = 4;
    private static final int MAX_ATTRIBUTE = 0xffff;

    private byte[] bytes;
    private ByteBuffer view;
    private int size;

    public NetlinkWriter() {
        this(256);
    }

    /** @param capacity bytes to begin with */
    public NetlinkWriter(int capacity) {
        bytes = new byte[Math.max(capacity, 64)];
        view = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    }

    /** Bytes written so far. */
    public int size() {
        return size;
    }

    /** A view of what was written. */
    public ByteBuffer buffer() {
        return ByteBuffer.wrap(bytes, 0, size).slice().order(ByteOrder.nativeOrder());
    }

    /** A copy of what was written. */
    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    /** Begins a message; {@link #endMessage} with the answer completes it. */
    public int beginMessage(int type, int flags, int sequence) {
        int start = reserve(NetlinkHeader.SIZE);
        view.putInt(start, NetlinkHeader.SIZE);
        view.putShort(start + 4, (short) type);
        view.putShort(start + 6, (short) flags);
        view.putInt(start + 8, sequence);
        view.putInt(start + 12, 0);
        return start;
    }

    public void endMessage(int start) {
        view.putInt(start, size - start);
        pad();
    }

    /** Adds flags to the message that begins at {@code start}. */
    public void addFlags(int start, int flags) {
        view.putShort(start + 6, (short) (view.getShort(start + 6) | flags));
    }

    /** Overwrites 32 bits at a place written before, in network byte order. */
    public void setBe32(int at, int value) {
        if (at < 0 || at + 4 > size) {
            throw new IllegalArgumentException("offset " + at + " of " + size);
        }
        view.putInt(at, ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? Integer.reverseBytes(value) : value);
    }

    /** A whole message. */
    public NetlinkWriter message(int type, int flags, int sequence, Consumer<NetlinkWriter> body) {
        int start = beginMessage(type, flags, sequence);
        body.accept(this);
        endMessage(start);
        return this;
    }

    /** Raw bytes, not an attribute: a family header. */
    public NetlinkWriter raw(byte... raw) {
        int at = reserve(raw.length);
        System.arraycopy(raw, 0, bytes, at, raw.length);
        return this;
    }

    /** 32 raw bits in the machine's byte order, not an attribute. */
    public NetlinkWriter rawInt(int value) {
        int at = reserve(4);
        view.putInt(at, value);
        return this;
    }

    public NetlinkWriter u8(int type, int value) {
        int at = attribute(type, 1);
        bytes[at] = (byte) value;
        return this;
    }

    public NetlinkWriter u16(int type, int value) {
        int at = attribute(type, 2);
        view.putShort(at, (short) value);
        return this;
    }

    public NetlinkWriter be16(int type, int value) {
        int at = attribute(type, 2);
        bytes[at] = (byte) (value >> 8);
        bytes[at + 1] = (byte) value;
        return this;
    }

    public NetlinkWriter u32(int type, int value) {
        // The view is another one once the array has grown.
        int at = attribute(type, 4);
        view.putInt(at, value);
        return this;
    }

    public NetlinkWriter be32(int type, int value) {
        return u32(type, ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? Integer.reverseBytes(value) : value);
    }

    public NetlinkWriter be64(int type, long value) {
        boolean swap = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
        int at = attribute(type, 8);
        view.putLong(at, swap ? Long.reverseBytes(value) : value);
        return this;
    }

    public NetlinkWriter bytes(int type, byte[] value) {
        int at = attribute(type, value.length);
        System.arraycopy(value, 0, bytes, at, value.length);
        return this;
    }

    /** UTF-8 text with the NUL that the kernel's {@code NLA_NUL_STRING} asks for. */
    public NetlinkWriter string(int type, String value) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        return bytes(type, Arrays.copyOf(text, text.length + 1));
    }

    /** An attribute without payload ({@code NLA_FLAG}). */
    public NetlinkWriter flag(int type) {
        attribute(type, 0);
        return this;
    }

    /** Begins a nested attribute; {@link #endNested} with the answer completes it. */
    public int beginNested(int type) {
        return attribute(type | NESTED, 0) - HEADER;
    }

    /** @throws IllegalArgumentException if the attribute is longer than {@code nla_len} can say (65,535 bytes) */
    public void endNested(int start) {
        int length = size - start;
        if (length > MAX_ATTRIBUTE) {
            throw new IllegalArgumentException("nested attribute of " + length + " bytes, at most " + MAX_ATTRIBUTE);
        }
        view.putShort(start, (short) length);
        pad();
    }

    /** A whole nested attribute. */
    public NetlinkWriter nested(int type, Consumer<NetlinkWriter> body) {
        int start = beginNested(type);
        body.accept(this);
        endNested(start);
        return this;
    }

    private int attribute(int type, int length) {
        if (length > MAX_ATTRIBUTE - HEADER) {
            throw new IllegalArgumentException("attribute " + (type & Attributes.TYPE_MASK) + " of " + length + " bytes");
        }
        int start = reserve(HEADER + NetlinkMessage.align(length));
        view.putShort(start, (short) (HEADER + length));
        view.putShort(start + 2, (short) type);
        return start + HEADER;
    }

    private void pad() {
        reserve(NetlinkMessage.align(size) - size);
    }

    /** Makes room for {@code length} zero bytes and returns where they begin. */
    private int reserve(int length) {
        int start = size;
        if (length > bytes.length - start) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(start, length), Math.multiplyExact(bytes.length, 2)));
            view = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        }
        Arrays.fill(bytes, start, start + length, (byte) 0);
        size = start + length;
        return start;
    }
}
