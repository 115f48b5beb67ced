package dev.fairway.netlink.nftables;

import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkWriter;
import java.util.Optional;

/**
 * An element of a set or map.
 *
 * @param key as long as the set's key; the first of a range
 * @param keyEnd the last of a range, itself included
 * @param data of a map
 * @param timeoutMillis how long the element lasts, 0 for the set's own time
 * @param comment at most 127 bytes, empty for none
 */
public record SetElement(Bytes key, Optional<Bytes> keyEnd, Optional<Data> data, long timeoutMillis, String comment) {
    private static final int KEY = 1;
    private static final int DATA = 2;
    private static final int FLAGS = 3;
    private static final int TIMEOUT = 4;
    private static final int USERDATA = 6;
    private static final int KEY_END = 10;
    private static final int INTERVAL_END = 1;
    private static final int LIST_ELEM = 1;

    public static SetElement of(Bytes key) {
        return new SetElement(key, Optional.empty(), Optional.empty(), 0, "");
    }

    public static SetElement of(Bytes key, Bytes data) {
        return new SetElement(key, Optional.empty(), Optional.of(Data.of(data)), 0, "");
    }

    public static SetElement of(Bytes key, Verdict verdict) {
        return new SetElement(key, Optional.empty(), Optional.of(Data.of(verdict)), 0, "");
    }

    /** Makes the element a range that ends with {@code last}, which is included. */
    public SetElement to(Bytes last) {
        return new SetElement(key, Optional.of(last), data, timeoutMillis, comment);
    }

    public SetElement timeout(long millis) {
        return new SetElement(key, keyEnd, data, millis, comment);
    }

    public SetElement comment(String comment) {
        return new SetElement(key, keyEnd, data, timeoutMillis, comment);
    }

    /** Writes the element as the kernel keeps it in {@code set}: one, or two for a range of a single field. */
    void write(NetlinkWriter writer, NftSet set) {
        int start = writer.beginNested(LIST_ELEM);
        writeKey(writer, KEY, key);
        if (!set.isPairwise() && set.has(NftSet.Flag.INTERVAL)) {
            writeKey(writer, KEY_END, keyEnd.orElse(key));
        }
        data.ifPresent(value -> value.write(writer, DATA));
        if (timeoutMillis != 0) {
            writer.be64(TIMEOUT, timeoutMillis);
        }
        if (!comment.isEmpty()) {
            writer.bytes(USERDATA, Userdata.comment(Userdata.ELEMENT_COMMENT, comment));
        }
        writer.endNested(start);
        if (set.isPairwise()) {
            writeEnd(writer, keyEnd.orElse(key).next());
        }
    }

    /** The end of a range is the first key after it; a range to the last key has none. */
    private static void writeEnd(NetlinkWriter writer, Bytes after) {
        if (after.isZero()) {
            return;
        }
        int start = writer.beginNested(LIST_ELEM);
        writer.be32(FLAGS, INTERVAL_END);
        writeKey(writer, KEY, after);
        writer.endNested(start);
    }

    private static void writeKey(NetlinkWriter writer, int attribute, Bytes key) {
        int start = writer.beginNested(attribute);
        writer.bytes(Data.VALUE, key.array());
        writer.endNested(start);
    }

    /**
     * An element as listed; the end of a single-field range comes as an element of its own.
     *
     * @param intervalEnd whether it is such an end
     */
    public record Listed(SetElement element, boolean intervalEnd) {
        static Listed decode(Attributes element) {
            var end = element.has(KEY_END) ? Optional.of(value(element.nested(KEY_END))) : Optional.<Bytes>empty();
            var data = element.has(DATA) ? Optional.of(Data.decode(element.nested(DATA))) : Optional.<Data>empty();
            var comment = element.has(USERDATA)
                    ? Userdata.text(element.array(USERDATA), Userdata.ELEMENT_COMMENT) : "";
            var decoded = new SetElement(value(element.nested(KEY)), end, data,
                    element.has(TIMEOUT) ? element.be64(TIMEOUT) : 0, comment);
            return new Listed(decoded, (element.be32(FLAGS, 0) & INTERVAL_END) != 0);
        }

        private static Bytes value(Attributes data) {
            return Bytes.wrap(data.array(Data.VALUE));
        }
    }
}
