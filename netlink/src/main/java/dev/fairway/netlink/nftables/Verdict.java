package dev.fairway.netlink.nftables;

import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkWriter;

/**
 * What becomes of a packet.
 *
 * @param code {@code NF_*} or {@code NFT_*} of {@code linux/netfilter.h} and {@code nf_tables.h}
 * @param chain the chain of a jump or goto, empty for the others
 */
public record Verdict(int code, String chain) {
    /** {@code NF_DROP}. */
    public static final Verdict DROP = new Verdict(0, "");
    /** {@code NF_ACCEPT}. */
    public static final Verdict ACCEPT = new Verdict(1, "");
    /** {@code NFT_CONTINUE}. */
    public static final Verdict CONTINUE = new Verdict(-1, "");
    /** {@code NFT_RETURN}. */
    public static final Verdict RETURN = new Verdict(-5, "");

    private static final int NFT_JUMP = -3;
    private static final int NFT_GOTO = -4;
    private static final int NFTA_VERDICT_CODE = 1;
    private static final int NFTA_VERDICT_CHAIN = 2;

    /** {@code NFT_JUMP}: go on in another chain, and come back at its end. */
    public static Verdict jump(String chain) {
        return new Verdict(NFT_JUMP, Names.check("chain", chain));
    }

    /** {@code NFT_GOTO}: go on in another chain, and leave with its end. */
    public static Verdict goTo(String chain) {
        return new Verdict(NFT_GOTO, Names.check("chain", chain));
    }

    void write(NetlinkWriter writer, int attribute) {
        int start = writer.beginNested(attribute);
        writer.be32(NFTA_VERDICT_CODE, code);
        if (!chain.isEmpty()) {
            writer.string(NFTA_VERDICT_CHAIN, chain);
        }
        writer.endNested(start);
    }

    static Verdict decode(Attributes attributes) {
        return new Verdict(attributes.be32(NFTA_VERDICT_CODE), attributes.string(NFTA_VERDICT_CHAIN, ""));
    }
}
