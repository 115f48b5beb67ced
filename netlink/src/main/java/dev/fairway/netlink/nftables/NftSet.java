package dev.fairway.netlink.nftables;

import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkWriter;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A named set or map ({@code NFT_MSG_NEWSET}).
 *
 * @param key one field, or several for a concatenation
 * @param kind set, map or verdict map
 * @param data fields of a map's data, empty for the other kinds
 * @param flags what elements may be
 * @param size most elements, 0 for no limit
 * @param timeout how long elements last that have no time of their own, zero for ever
 * @param comment at most 127 bytes, empty for none
 */
public record NftSet(Table table, String name, List<SetField> key, Kind kind, List<SetField> data, Set<Flag> flags,
        int size, Duration timeout, String comment) {

    /** What it says of a key: that it is in, a value, or a verdict. */
    public enum Kind { SET, MAP, VERDICT_MAP }

    /** {@code NFT_SET_*}, as far as they are chosen. */
    public enum Flag {
        CONSTANT(0x2),
        /** Elements are ranges. */
        INTERVAL(0x4),
        /** Elements may end after a time. */
        TIMEOUT(0x10),
        /** Rules may write elements ({@code NFT_SET_EVAL}, nft's {@code dynamic}). */
        DYNAMIC(0x20);

        private final int bit;

        Flag(int bit) {
            this.bit = bit;
        }
    }

    private static final int NFT_SET_ANONYMOUS = 0x1;
    private static final int NFT_SET_MAP = 0x8;
    private static final int NFT_SET_CONCAT = 0x80;

    /** What the kernel tells as the length of a verdict: that of its {@code struct nft_verdict}. */
    private static final int VERDICT_BYTES = 16;

    private static final int TABLE = 1;
    private static final int NAME = 2;
    private static final int FLAGS = 3;
    private static final int KEY_TYPE = 4;
    private static final int KEY_LEN = 5;
    private static final int DATA_TYPE = 6;
    private static final int DATA_LEN = 7;
    private static final int DESC = 9;
    private static final int ID = 10;
    private static final int TIMEOUT = 11;
    private static final int USERDATA = 13;
    private static final int DESC_SIZE = 1;
    private static final int DESC_CONCAT = 2;
    private static final int LIST_ELEM = 1;
    private static final int FIELD_LEN = 1;
    private static final int EXPR_CONCAT = 13;
    private static final int TYPEOF_EXPR = 0;
    private static final int TYPEOF_DATA = 1;

    public NftSet {
        Names.check("set", name);
        key = List.copyOf(key);
        data = List.copyOf(data);
        flags = Set.copyOf(flags);
        if (key.isEmpty() || (kind == Kind.MAP) == data.isEmpty()) {
            throw new IllegalArgumentException(name + ": a set has a key, and a map, only it, has data");
        }
    }

    public static NftSet set(Table table, String name, SetField... key) {
        return new NftSet(table, name, List.of(key), Kind.SET, List.of(), Set.of(), 0, Duration.ZERO, "");
    }

    public static NftSet map(Table table, String name, List<SetField> key, List<SetField> data) {
        return new NftSet(table, name, key, Kind.MAP, data, Set.of(), 0, Duration.ZERO, "");
    }

    public static NftSet verdictMap(Table table, String name, SetField... key) {
        return new NftSet(table, name, List.of(key), Kind.VERDICT_MAP, List.of(), Set.of(), 0, Duration.ZERO, "");
    }

    public NftSet flags(Flag... flags) {
        return new NftSet(table, name, key, kind, data, Set.of(flags), size, timeout, comment);
    }

    /** @param size most elements */
    public NftSet size(int size) {
        return new NftSet(table, name, key, kind, data, flags, size, timeout, comment);
    }

    /** Gives elements a time, to the millisecond, and sets the flag for it. */
    public NftSet timeout(Duration timeout) {
        var all = EnumSet.of(Flag.TIMEOUT);
        all.addAll(flags);
        return new NftSet(table, name, key, kind, data, all, size, timeout, comment);
    }

    public NftSet comment(String comment) {
        return new NftSet(table, name, key, kind, data, flags, size, timeout, comment);
    }

    public boolean has(Flag flag) {
        return flags.contains(flag);
    }

    /** Whether ranges are kept as pairs of a beginning and an end element. */
    boolean isPairwise() {
        return has(Flag.INTERVAL) && key.size() == 1;
    }

    void write(NetlinkWriter writer, int id) {
        writeName(writer);
        writer.be32(FLAGS, flagBits()).be32(KEY_TYPE, type(key)).be32(KEY_LEN, length(key));
        switch (kind) {
            case SET -> { }
            case MAP -> writer.be32(DATA_TYPE, type(data)).be32(DATA_LEN, length(data));
            case VERDICT_MAP -> writer.be32(DATA_TYPE, DataType.VERDICT).be32(DATA_LEN, 0);
        }
        writer.be32(ID, id);
        boolean concatenatedRanges = has(Flag.INTERVAL) && key.size() > 1;
        if (size > 0 || concatenatedRanges) {
            writer.nested(DESC, desc -> {
                if (size > 0) {
                    desc.be32(DESC_SIZE, size);
                }
                if (concatenatedRanges) {
                    desc.nested(DESC_CONCAT, list -> key.forEach(field -> list.nested(LIST_ELEM,
                            element -> element.be32(FIELD_LEN, field.type().size()))));
                }
            });
        }
        if (!timeout.isZero()) {
            writer.be64(TIMEOUT, timeout.toMillis());
        }
        writer.bytes(USERDATA, userdata());
    }

    private void writeName(NetlinkWriter writer) {
        writeName(writer, table, name);
    }

    static void writeName(NetlinkWriter writer, Table table, String name) {
        writer.string(TABLE, table.name()).string(NAME, name);
    }

    static void writeTable(NetlinkWriter writer, Table table) {
        writer.string(TABLE, table.name());
    }

    private int flagBits() {
        int bits = flags.stream().mapToInt(flag -> flag.bit).sum();
        return bits | (kind == Kind.SET ? 0 : NFT_SET_MAP)
                | (has(Flag.INTERVAL) && key.size() > 1 ? NFT_SET_CONCAT : 0);
    }

    private static int type(List<SetField> fields) {
        return fields.stream().mapToInt(field -> field.type().number()).reduce(0, (all, one) -> all << DataType.BITS | one);
    }

    /** Bytes; the fields of a concatenation take multiples of 4. */
    private static int length(List<SetField> fields) {
        return fields.size() == 1 ? fields.getFirst().type().size()
                : fields.stream().mapToInt(field -> field.type().size() + 3 & ~3).sum();
    }

    private static int byteorder(List<SetField> fields) {
        return fields.size() == 1 ? fields.getFirst().type().byteorder() : 0;
    }

    private byte[] userdata() {
        var userdata = new Userdata().u32(Userdata.SET_KEY_BYTEORDER, byteorder(key));
        if (kind != Kind.SET) {
            userdata.u32(Userdata.SET_DATA_BYTEORDER, byteorder(data));
        }
        writeTypeof(userdata, Userdata.SET_KEY_TYPEOF, key);
        writeTypeof(userdata, Userdata.SET_DATA_TYPEOF, data);
        if (kind != Kind.SET) {
            userdata.u32(Userdata.SET_DATA_INTERVAL, 0);
        }
        if (!comment.isEmpty()) {
            userdata.text(Userdata.SET_COMMENT, Names.checkComment(comment));
        }
        return userdata.toByteArray();
    }

    private static void writeTypeof(Userdata userdata, int type, List<SetField> fields) {
        if (fields.stream().allMatch(field -> field.typeof().isEmpty())) {
            return;
        }
        userdata.nested(type, typeof -> {
            if (fields.size() == 1) {
                fields.getFirst().writeTypeof(typeof);
            } else {
                typeof.u32(TYPEOF_EXPR, EXPR_CONCAT).nested(TYPEOF_DATA, list -> {
                    for (int i = 0; i < fields.size(); i++) {
                        list.nested(i, fields.get(i)::writeTypeof);
                    }
                });
            }
        });
    }

    /**
     * What a listing tells of a set.
     *
     * @param flagBits {@code NFT_SET_*}
     * @param keyType {@code NFTA_SET_KEY_TYPE}
     * @param keyLength bytes
     * @param dataType {@code NFTA_SET_DATA_TYPE}, 0 for a set
     * @param dataLength bytes
     * @param size most elements, 0 for no limit
     * @param timeoutMillis default time of elements
     * @param userdata what nft noted
     */
    public record Listed(Table table, String name, int flagBits, int keyType, int keyLength, int dataType, int dataLength,
            int size, long timeoutMillis, Bytes userdata) {
        static Listed decode(Family family, Attributes set) {
            var desc = set.nestedOrEmpty(DESC);
            return new Listed(new Table(family, set.string(TABLE)), set.string(NAME), set.be32(FLAGS, 0),
                    set.be32(KEY_TYPE, 0), set.be32(KEY_LEN), set.be32(DATA_TYPE, 0), set.be32(DATA_LEN, 0),
                    desc.be32(DESC_SIZE, 0), set.has(TIMEOUT) ? set.be64(TIMEOUT) : 0,
                    set.has(USERDATA) ? Bytes.wrap(set.array(USERDATA)) : Bytes.of());
        }

        /** Whether it is part of a rule, with which it comes and goes. */
        public boolean isAnonymous() {
            return (flagBits & NFT_SET_ANONYMOUS) != 0;
        }

        public String comment() {
            return Userdata.text(userdata.array(), Userdata.SET_COMMENT);
        }
    }

    /** What a listing would show for this set. */
    public Listed listed() {
        int dataType = switch (kind) {
            case SET -> 0;
            case MAP -> type(data);
            case VERDICT_MAP -> DataType.VERDICT;
        };
        int dataLength = switch (kind) {
            case SET -> 0;
            case MAP -> length(data);
            case VERDICT_MAP -> VERDICT_BYTES;
        };
        return new Listed(new Table(table.family(), table.name()), name, flagBits(), type(key), length(key), dataType,
                dataLength, size, timeout.toMillis(), Bytes.wrap(userdata()));
    }
}
