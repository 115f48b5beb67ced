package dev.fairway.testkit.nftables;

import dev.fairway.netlink.nftables.Bytes;
import dev.fairway.netlink.nftables.Data;
import dev.fairway.netlink.sys.Errno;
import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkMessage;
import dev.fairway.testkit.nftables.FakeTable.FakeElement;
import dev.fairway.testkit.nftables.FakeTable.FakeSet;
import dev.fairway.testkit.nftables.FakeTable.Key;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;

/** Elements of sets: {@code NFT_MSG_NEWSETELEM} and {@code NFT_MSG_DELSETELEM}. */
final class FakeElements {
    private static final int NFT_SET_INTERVAL = 0x4;
    private static final int NFT_SET_MAP = 0x8;
    private static final int KEY = 1;
    private static final int DATA = 2;
    private static final int FLAGS = 3;
    private static final int USERDATA = 6;
    private static final int KEY_END = 10;
    private static final int INTERVAL_END = 1;
    private static final int MOST_USERDATA = 256;
    private static final int ENFILE = 23;

    private final FakeTable table;
    private final FakeSet set;

    FakeElements(FakeTable table, FakeSet set) {
        this.table = table;
        this.set = set;
    }

    /** Puts an element back that was there, whatever order they had. */
    void restore(ByteBuffer nested) {
        var attributes = Attributes.parse(nested);
        set.elements.put(key(attributes, -1), element(nested, attributes, -1));
    }

    /** @param offset of the element from the start of its message */
    void add(ByteBuffer nested, int offset) {
        var attributes = Attributes.parse(nested);
        var key = key(attributes, offset);
        var element = element(nested, attributes, offset);
        if (attributes.has(USERDATA) && attributes.array(USERDATA).length > MOST_USERDATA) {
            throw new Refusal(Errno.ERANGE, offset);
        }
        var there = set.elements.get(key);
        if (there != null) {
            if (!there.data().equals(element.data()) || !there.keyEnd().equals(element.keyEnd())) {
                throw new Refusal(Errno.EEXIST, offset);
            }
            return;
        }
        var last = element.keyEnd().orElse(key.key());
        if (isReversed(key.key(), last)) {
            throw new Refusal(Errno.EINVAL, offset);
        }
        if (containing(key.key()).isPresent() || containing(last).isPresent()) {
            throw new Refusal(Errno.EEXIST, offset);
        }
        if (set.shape.size() > 0 && set.elements.size() >= set.shape.size()) {
            throw new Refusal(ENFILE, offset);
        }
        set.elements.put(key, element);
    }

    void delete(ByteBuffer nested, int offset) {
        var attributes = Attributes.parse(nested);
        var key = key(attributes, offset);
        // Of concatenated ranges the kernel takes that out which its first key lies in.
        var there = set.elements.containsKey(key) ? Optional.of(key) : containing(key.key());
        set.elements.remove(there.orElseThrow(() -> new Refusal(Errno.ENOENT, offset)));
    }

    private Key key(Attributes element, int offset) {
        boolean interval = (set.shape.flags() & NFT_SET_INTERVAL) != 0;
        boolean end = (element.be32(FLAGS, 0) & INTERVAL_END) != 0;
        if (!element.has(KEY) || end && !interval || element.has(KEY_END) && !interval) {
            throw new Refusal(Errno.EINVAL, offset);
        }
        var key = value(element, KEY);
        if (key.length() != set.shape.keyLength()) {
            throw new Refusal(Errno.EINVAL, offset);
        }
        return new Key(key, end);
    }

    private FakeElement element(ByteBuffer nested, Attributes element, int offset) {
        var copy = new byte[nested.remaining()];
        nested.duplicate().get(copy);
        boolean end = (element.be32(FLAGS, 0) & INTERVAL_END) != 0;
        boolean map = (set.shape.flags() & NFT_SET_MAP) != 0;
        if (element.has(DATA) != (map && !end)) {
            throw new Refusal(Errno.EINVAL, offset);
        }
        var data = element.has(DATA) ? Optional.of(Data.decode(element.nested(DATA))) : Optional.<Data>empty();
        data.ifPresent(value -> check(value, offset));
        return new FakeElement(copy,
                element.has(KEY_END) ? Optional.of(value(element, KEY_END)) : Optional.empty(), data);
    }

    private void check(Data data, int offset) {
        boolean verdicts = set.shape.dataType() == FakeTransaction.VERDICTS;
        switch (data) {
            case Data.Value(var bytes) -> {
                if (verdicts || bytes.length() != set.shape.dataLength()) {
                    throw new Refusal(Errno.EINVAL, offset);
                }
            }
            case Data.OfVerdict verdict -> {
                if (!verdicts) {
                    throw new Refusal(Errno.EINVAL, offset);
                }
                FakeTransaction.checkTarget(table, FakeTable.target(Optional.of(data)), offset);
            }
        }
    }

    private static Bytes value(Attributes element, int type) {
        return Bytes.of(element.nested(type).array(Data.VALUE));
    }

    /** The concatenated range that a key lies in. That a range encloses another one the kernel does not notice. */
    private Optional<Key> containing(Bytes key) {
        return set.shape.fields().isEmpty() ? Optional.empty() : set.elements.entrySet().stream()
                .filter(there -> isWithin(key, there.getKey().key(), there.getValue().keyEnd().orElse(there.getKey().key())))
                .map(Map.Entry::getKey).findFirst();
    }

    private boolean isWithin(Bytes key, Bytes first, Bytes last) {
        return everyField((at, length) -> compare(first, key, at, length) <= 0 && compare(key, last, at, length) <= 0);
    }

    private boolean isReversed(Bytes first, Bytes last) {
        return !everyField((at, length) -> compare(first, last, at, length) <= 0);
    }

    private boolean everyField(BiPredicate<Integer, Integer> test) {
        int at = 0;
        for (int length : set.shape.fields()) {
            if (!test.test(at, length)) {
                return false;
            }
            at += NetlinkMessage.align(length);
        }
        return true;
    }

    private static int compare(Bytes one, Bytes other, int at, int length) {
        return Arrays.compareUnsigned(one.slice(at, length).toByteArray(), other.slice(at, length).toByteArray());
    }

    /** What is done with each element of a list, and where in the message it stands. */
    @FunctionalInterface
    interface Visitor {
        void visit(ByteBuffer nested, int offset);
    }

    /** Goes through the elements of a message's list, in order. */
    static void each(ByteBuffer list, int offset, Visitor visitor) {
        var buffer = list.duplicate().order(ByteOrder.nativeOrder());
        for (int at = 0; at + 4 <= buffer.limit(); ) {
            int length = Short.toUnsignedInt(buffer.getShort(at));
            visitor.visit(buffer.slice(at + 4, length - 4).order(ByteOrder.nativeOrder()), offset + at);
            at += NetlinkMessage.align(length);
        }
    }
}
