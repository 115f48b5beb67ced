package dev.fairway.netlink.nftables;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The notes that nft keeps with objects and the kernel only stores: a type byte, a length byte, the bytes, and so on
 * ({@code NFTNL_UDATA_*} of libnftnl's {@code udata.h}). Numbers are 32 bits in the machine's byte order.
 */
final class Userdata {
    /** {@code NFTNL_UDATA_TABLE_COMMENT}, {@code NFTNL_UDATA_CHAIN_COMMENT}, {@code NFTNL_UDATA_RULE_COMMENT}. */
    static final int COMMENT = 0;
    /** {@code NFTNL_UDATA_SET_ELEM_COMMENT}. */
    static final int ELEMENT_COMMENT = 0;
    /** {@code NFTNL_UDATA_SET_KEYBYTEORDER}. */
    static final int SET_KEY_BYTEORDER = 0;
    /** {@code NFTNL_UDATA_SET_DATABYTEORDER}. */
    static final int SET_DATA_BYTEORDER = 1;
    /** {@code NFTNL_UDATA_SET_KEY_TYPEOF}. */
    static final int SET_KEY_TYPEOF = 3;
    /** {@code NFTNL_UDATA_SET_DATA_TYPEOF}. */
    static final int SET_DATA_TYPEOF = 4;
    /** {@code NFTNL_UDATA_SET_DATA_INTERVAL}. */
    static final int SET_DATA_INTERVAL = 6;
    /** {@code NFTNL_UDATA_SET_COMMENT}. */
    static final int SET_COMMENT = 7;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Userdata put(int type, byte[] value) {
        if (value.length > 255) {
            throw new IllegalArgumentException("userdata of " + value.length + " bytes");
        }
        bytes.write(type);
        bytes.write(value.length);
        bytes.writeBytes(value);
        return this;
    }

    Userdata u32(int type, int value) {
        return put(type, ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(value).array());
    }

    /** UTF-8 with a closing NUL. */
    Userdata text(int type, String value) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        return put(type, Arrays.copyOf(text, text.length + 1));
    }

    Userdata nested(int type, Consumer<Userdata> body) {
        var inner = new Userdata();
        body.accept(inner);
        return put(type, inner.toByteArray());
    }

    byte[] toByteArray() {
        return bytes.toByteArray();
    }

    static byte[] comment(int type, String comment) {
        return new Userdata().text(type, Names.checkComment(comment)).toByteArray();
    }

    /** The parts by type; bytes that are no such sequence end the reading. */
    static Map<Integer, byte[]> parse(byte[] bytes) {
        var parts = new LinkedHashMap<Integer, byte[]>();
        for (int at = 0; at + 2 <= bytes.length; ) {
            int end = at + 2 + Byte.toUnsignedInt(bytes[at + 1]);
            if (end > bytes.length) {
                break;
            }
            parts.put(Byte.toUnsignedInt(bytes[at]), Arrays.copyOfRange(bytes, at + 2, end));
            at = end;
        }
        return parts;
    }

    /** The text of one type, or "" where there is none. */
    static String text(byte[] bytes, int type) {
        byte[] text = parse(bytes).getOrDefault(type, new byte[0]);
        int length = text.length > 0 && text[text.length - 1] == 0 ? text.length - 1 : text.length;
        return new String(text, 0, length, StandardCharsets.UTF_8);
    }
}
