package dev.fairway.proxy.check;

import dev.fairway.proxy.config.ProxyMode;
import java.util.Map;
import java.util.Optional;

/**
 * One feature that was looked for.
 *
 * @param feature what it is, for people
 * @param needs by mode, how much it depends on it; a mode that does not is not in it
 * @param detail what was found, or why the feature is missing; may be empty
 */
public record Finding(String feature, Map<ProxyMode, Need> needs, boolean present, String detail) {
    /** How much a mode depends on a feature. */
    public enum Need {
        /** Without it the mode does not work. */
        NEEDED,
        /** Without it the mode works, but not all of it. */
        USEFUL
    }

    public Finding {
        needs = Map.copyOf(needs);
    }

    static Finding both(Need need, String feature, boolean present, String detail) {
        return new Finding(feature, Map.of(ProxyMode.IPTABLES, need, ProxyMode.NFTABLES, need), present, detail);
    }

    static Finding of(ProxyMode mode, Need need, String feature, boolean present, String detail) {
        return new Finding(feature, Map.of(mode, need), present, detail);
    }

    /** Empty if the mode does not use the feature. */
    public Optional<Need> need(ProxyMode mode) {
        return Optional.ofNullable(needs.get(mode));
    }
}
