package dev.fairway.netlink.nftables;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** An immutable sequence of bytes with value equality: the content of registers, keys and data. */
public final class Bytes {
    private final byte[] bytes;

    private Bytes(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A copy of the given bytes. */
    public static Bytes of(byte... bytes) {
        return new Bytes(bytes.clone());
    }

    /** Takes the array over, which nobody may change afterwards. */
    static Bytes wrap(byte[] bytes) {
        return new Bytes(bytes);
    }

    /** A copy of the buffer's remaining bytes. */
    public static Bytes of(ByteBuffer buffer) {
        var copy = new byte[buffer.remaining()];
        buffer.duplicate().get(copy);
        return new Bytes(copy);
    }

    public static Bytes u8(int value) {
        return new Bytes(new byte[] {(byte) value});
    }

    /** 16 bits in network byte order, as ports are. */
    public static Bytes be16(int value) {
        return new Bytes(new byte[] {(byte) (value >> 8), (byte) value});
    }

    /** 32 bits in network byte order. */
    public static Bytes be32(int value) {
        return new Bytes(ByteBuffer.allocate(4).putInt(value).array());
    }

    /** 32 bits in the machine's byte order, as marks and generated numbers are. */
    public static Bytes u32(int value) {
        return new Bytes(ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(value).array());
    }

    public static Bytes address(InetAddress address) {
        return new Bytes(address.getAddress());
    }

    /** An interface name, padded to {@code IFNAMSIZ} (16 bytes). */
    public static Bytes interfaceName(String name) {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        if (text.length > 15) {
            throw new IllegalArgumentException("interface name: " + name);
        }
        return new Bytes(Arrays.copyOf(text, 16));
    }

    /** The parts one after the other, each padded with zeros to a multiple of 4 bytes: a concatenated key. */
    public static Bytes concat(Bytes... parts) {
        int length = 0;
        for (var part : parts) {
            length += padded(part.bytes.length);
        }
        var whole = new byte[length];
        int at = 0;
        for (var part : parts) {
            System.arraycopy(part.bytes, 0, whole, at, part.bytes.length);
            at += padded(part.bytes.length);
        }
        return new Bytes(whole);
    }

    private static int padded(int length) {
        return (length + 3) & ~3;
    }

    public int length() {
        return bytes.length;
    }

    public byte[] toByteArray() {
        return bytes.clone();
    }

    /** The array itself, for writing it out. */
    byte[] array() {
        return bytes;
    }

    /** The part from {@code offset}, {@code length} bytes long. */
    public Bytes slice(int offset, int length) {
        return new Bytes(Arrays.copyOfRange(bytes, offset, offset + length));
    }

    /** The big-endian number one greater; after all ones come all zeros. */
    Bytes next() {
        var copy = bytes.clone();
        for (int i = copy.length - 1; i >= 0; i--) {
            if (++copy[i] != 0) {
                break;
            }
        }
        return new Bytes(copy);
    }

    boolean isZero() {
        for (byte b : bytes) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Hexadecimal. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
