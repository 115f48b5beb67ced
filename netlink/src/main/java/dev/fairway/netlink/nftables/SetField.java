package dev.fairway.netlink.nftables;

import java.util.Optional;

/**
 * A part of a set's key or data.
 *
 * @param type what its bytes mean
 * @param typeof the expression that nft shows instead of the type ({@code typeof ip daddr}); needed where rules look up
 *     something that has no type name of its own, such as a generated number
 */
public record SetField(DataType type, Optional<Typeof> typeof) {

    /** An expression as nft notes it with a set; numbers are those of nftables' {@code expression.h}. */
    public sealed interface Typeof {
        /**
         * A header field.
         *
         * @param protocol {@code enum proto_desc_id}: 12 ip, 13 ip6, 11 th
         * @param field index of the field in nft's table of that header
         */
        record Header(int protocol, int field) implements Typeof {
        }

        /** @param key {@code NFT_META_*} */
        record MetaKey(int key) implements Typeof {
        }

        /** {@code numgen random mod N}. */
        record RandomNumber(int modulus) implements Typeof {
        }
    }

    private static final int EXPR_PAYLOAD = 7;
    private static final int EXPR_META = 9;
    private static final int EXPR_NUMGEN = 23;
    /** {@code NFTNL_UDATA_SET_TYPEOF_EXPR}. */
    private static final int TYPEOF_EXPR = 0;
    /** {@code NFTNL_UDATA_SET_TYPEOF_DATA}. */
    private static final int TYPEOF_DATA = 1;

    public static SetField of(DataType type) {
        return new SetField(type, Optional.empty());
    }

    public static SetField of(DataType type, Typeof typeof) {
        return new SetField(type, Optional.of(typeof));
    }

    /** {@code typeof ip daddr}. */
    public static SetField ipDaddr() {
        return of(DataType.IPV4_ADDR, new Typeof.Header(12, 12));
    }

    /** {@code typeof ip6 daddr}. */
    public static SetField ip6Daddr() {
        return of(DataType.IPV6_ADDR, new Typeof.Header(13, 9));
    }

    /** {@code typeof meta l4proto}. */
    public static SetField l4proto() {
        return of(DataType.INET_PROTO, new Typeof.MetaKey(16));
    }

    /** {@code typeof th dport}. */
    public static SetField thDport() {
        return of(DataType.INET_SERVICE, new Typeof.Header(11, 2));
    }

    /** {@code typeof numgen random mod N}; sets serve rules with any modulus. */
    public static SetField randomNumber() {
        return of(DataType.INTEGER, new Typeof.RandomNumber(2));
    }

    /** @throws IllegalStateException if the field has no typeof */
    void writeTypeof(Userdata userdata) {
        switch (typeof.orElseThrow(() -> new IllegalStateException(type + " without typeof among fields with one"))) {
            case Typeof.Header(int protocol, int field) -> userdata.u32(TYPEOF_EXPR, EXPR_PAYLOAD)
                    .nested(TYPEOF_DATA, data -> data.u32(0, protocol).u32(1, field));
            case Typeof.MetaKey(int key) -> userdata.u32(TYPEOF_EXPR, EXPR_META)
                    .nested(TYPEOF_DATA, data -> data.u32(0, key));
            case Typeof.RandomNumber(int modulus) -> userdata.u32(TYPEOF_EXPR, EXPR_NUMGEN)
                    .nested(TYPEOF_DATA, data -> data.u32(0, 1).u32(1, modulus).u32(2, 0));
        }
    }
}
