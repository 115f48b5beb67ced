package dev.fairway.proxy.model;

/** An address family of Services; each is proxied on its own, as kube-proxy does. */
public enum IpFamily {
    IPV4("IPv4", 32),
    IPV6("IPv6", 128);

    private final String text;
    private final int bits;

    IpFamily(String text, int bits) {
        this.text = text;
        this.bits = bits;
    }

    /** The length of an address, in bits. */
    public int bits() {
        return bits;
    }

    /** As the API writes it: {@code IPv4} or {@code IPv6}. */
    @Override
    public String toString() {
        return text;
    }
}
