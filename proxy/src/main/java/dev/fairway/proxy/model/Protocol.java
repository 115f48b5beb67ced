package dev.fairway.proxy.model;

import java.util.Locale;

/** The protocols of Service ports; the constant's name is the API's word. */
public enum Protocol {
    TCP,
    UDP,
    SCTP;

    private final String lowerCase = name().toLowerCase(Locale.ROOT);

    /** As iptables and nft write it. */
    public String lowerCase() {
        return lowerCase;
    }
}
