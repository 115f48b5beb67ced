package dev.fairway.netlink.nftables;

/**
 * What the bytes of a key or datum mean to nft, by the numbers that it keeps in {@code NFTA_SET_KEY_TYPE} and
 * {@code NFTA_SET_DATA_TYPE} ({@code enum datatypes} of nftables' {@code datatype.h}). The kernel looks at sizes only.
 */
public enum DataType {
    INTEGER(4, 4, 0),
    IPV4_ADDR(7, 4, DataType.BIG_ENDIAN),
    IPV6_ADDR(8, 16, DataType.BIG_ENDIAN),
    INET_PROTO(12, 1, DataType.BIG_ENDIAN),
    INET_SERVICE(13, 2, DataType.BIG_ENDIAN),
    MARK(19, 4, DataType.HOST_ENDIAN),
    IFNAME(41, 16, DataType.HOST_ENDIAN);

    private static final int HOST_ENDIAN = 1;
    private static final int BIG_ENDIAN = 2;
    /** {@code TYPE_BITS}: how far the types of a concatenation are apart. */
    static final int BITS = 6;
    /** {@code NFT_DATA_VERDICT}. */
    static final int VERDICT = 0xffffff00;

    private final int number;
    private final int size;
    private final int byteorder;

    DataType(int number, int size, int byteorder) {
        this.number = number;
        this.size = size;
        this.byteorder = byteorder;
    }

    int number() {
        return number;
    }

    /** Bytes. */
    public int size() {
        return size;
    }

    /** {@code enum byteorder} of nft. */
    int byteorder() {
        return byteorder;
    }
}
