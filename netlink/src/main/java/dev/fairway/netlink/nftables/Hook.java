package dev.fairway.netlink.nftables;

import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkWriter;
import java.util.Locale;

/**
 * Where a base chain meets packets.
 *
 * @param priority chains of the same point run in ascending order
 * @param policy what becomes of packets that reach the chain's end
 */
public record Hook(Type type, Point point, int priority, Verdict policy) {
    /** {@code NF_IP_PRI_NAT_DST}, nft's {@code dstnat}. */
    public static final int PRIORITY_DSTNAT = -100;
    /** {@code NF_IP_PRI_NAT_SRC}, nft's {@code srcnat}. */
    public static final int PRIORITY_SRCNAT = 100;
    /** {@code NF_IP_PRI_FILTER}, nft's {@code filter}. */
    public static final int PRIORITY_FILTER = 0;
    /** {@code NF_IP_PRI_RAW}, nft's {@code raw}. */
    public static final int PRIORITY_RAW = -300;

    /** {@code NFTA_CHAIN_TYPE}. */
    public enum Type {
        FILTER, NAT, ROUTE;

        String keyword() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** {@code NF_INET_*}; the ordinal is the kernel's number. */
    public enum Point { PREROUTING, INPUT, FORWARD, OUTPUT, POSTROUTING }

    private static final int HOOKNUM = 1;
    private static final int PRIORITY = 2;

    /** A hook that accepts what its chain does not decide. */
    public Hook(Type type, Point point, int priority) {
        this(type, point, priority, Verdict.ACCEPT);
    }

    void write(NetlinkWriter writer, int attribute) {
        writer.nested(attribute, hook -> hook.be32(HOOKNUM, point.ordinal()).be32(PRIORITY, priority));
    }

    /** @throws IllegalArgumentException for a hook point that only other families have */
    static Hook decode(Attributes hook, String type, int policy) {
        int number = hook.be32(HOOKNUM);
        if (number >= Point.values().length) {
            throw new IllegalArgumentException("hook " + number);
        }
        return new Hook(Type.valueOf(type.toUpperCase(Locale.ROOT)), Point.values()[number], hook.be32(PRIORITY),
                new Verdict(policy, ""));
    }
}
