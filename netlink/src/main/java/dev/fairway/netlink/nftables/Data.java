package dev.fairway.netlink.nftables;

import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkWriter;

/** {@code NFTA_DATA_*}: bytes for a register or a set, or a verdict. */
public sealed interface Data {
    /** {@code NFTA_DATA_VALUE}. */
    int VALUE = 1;
    /** {@code NFTA_DATA_VERDICT}. */
    int VERDICT = 2;

    record Value(Bytes bytes) implements Data {
    }

    record OfVerdict(Verdict verdict) implements Data {
    }

    static Data of(Bytes bytes) {
        return new Value(bytes);
    }

    static Data of(Verdict verdict) {
        return new OfVerdict(verdict);
    }

    default void write(NetlinkWriter writer, int attribute) {
        int start = writer.beginNested(attribute);
        switch (this) {
            case Value(var bytes) -> writer.bytes(VALUE, bytes.array());
            case OfVerdict(var verdict) -> verdict.write(writer, VERDICT);
        }
        writer.endNested(start);
    }

    static Data decode(Attributes attributes) {
        return attributes.has(VERDICT)
                ? new OfVerdict(Verdict.decode(attributes.nested(VERDICT)))
                : new Value(Bytes.wrap(attributes.array(VALUE)));
    }

    /** The bytes of a value. */
    default Bytes value() {
        return switch (this) {
            case Value(var bytes) -> bytes;
            case OfVerdict(var verdict) -> throw new IllegalStateException("a verdict, not a value: " + verdict);
        };
    }
}
