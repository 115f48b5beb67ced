package dev.fairway.proxy.config;

import java.util.Arrays;
import java.util.Optional;

/** Which kernel interface carries the rules. */
public enum ProxyMode {
    IPTABLES("iptables"),
    NFTABLES("nftables");

    private final String text;

    ProxyMode(String text) {
        this.text = text;
    }

    static Optional<ProxyMode> of(String text) {
        return Arrays.stream(values()).filter(mode -> mode.text.equals(text)).findFirst();
    }

    /** As configuration and {@code /proxyMode} write it. */
    @Override
    public String toString() {
        return text;
    }
}
