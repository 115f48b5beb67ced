package dev.fairway.netlink.nftables;

/**
 * Register numbers ({@code enum nft_registers}). The 64 bytes of registers are addressed as four of 16 bytes
 * ({@code NFT_REG_1} to {@code NFT_REG_4}) or sixteen of 4 bytes ({@code NFT_REG32_00} to {@code NFT_REG32_15}).
 */
public final class Register {
    /** {@code NFT_REG_VERDICT}. */
    public static final int VERDICT = 0;
    /** {@code NFT_REG_1}: bytes 0 to 15. */
    public static final int R1 = 1;
    /** {@code NFT_REG_2}: bytes 16 to 31. */
    public static final int R2 = 2;
    private static final int REG32_00 = 8;
    private static final int BYTES = 64;

    private Register() {
    }

    /**
     * The register that begins at a byte.
     *
     * @param offset a multiple of 4 below 64
     */
    public static int at(int offset) {
        if (offset < 0 || offset >= BYTES || offset % 4 != 0) {
            throw new IllegalArgumentException("register offset " + offset);
        }
        return offset % 16 == 0 ? R1 + offset / 16 : REG32_00 + offset / 4;
    }
}
