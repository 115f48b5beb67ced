package dev.fairway.netlink.nftables;

/** The family of a table, {@code NFPROTO_*}. */
public enum Family {
    INET(1, "inet"),
    IP(2, "ip"),
    ARP(3, "arp"),
    NETDEV(5, "netdev"),
    BRIDGE(7, "bridge"),
    IP6(10, "ip6");

    private final int number;
    private final String keyword;

    Family(int number, String keyword) {
        this.number = number;
        this.keyword = keyword;
    }

    public int number() {
        return number;
    }

    /** As nft writes it. */
    @Override
    public String toString() {
        return keyword;
    }

    /** @throws IllegalArgumentException if no family has the number */
    public static Family of(int number) {
        for (var family : values()) {
            if (family.number == number) {
                return family;
            }
        }
        throw new IllegalArgumentException("netfilter family " + number);
    }
}
