package dev.fairway.proxy.iptables;

import java.util.Locale;

/** The iptables tables that the proxy has chains in. */
enum Table {
    MANGLE,
    FILTER,
    NAT;

    /** As iptables writes it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
