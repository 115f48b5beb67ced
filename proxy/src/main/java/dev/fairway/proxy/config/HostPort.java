package dev.fairway.proxy.config;

import dev.fairway.proxy.model.IpAddress;
import java.util.Optional;

/**
 * Where a server listens.
 *
 * @param port 1 to 65535
 */
public record HostPort(IpAddress address, int port) {
    /** Reads {@code 10.0.0.1:80} or {@code [fd00::1]:80}; empty if it is neither. */
    public static Optional<HostPort> parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            return Optional.empty();
        }
        String host = text.substring(0, colon);
        String port = text.substring(colon + 1);
        boolean bracketed = host.startsWith("[") && host.endsWith("]") && host.length() > 2;
        if (!bracketed && host.contains(":") || port.isEmpty() || port.length() > 5
                || !port.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Optional.empty();
        }
        int number = Integer.parseInt(port);
        return number < 1 || number > 65535
                ? Optional.empty()
                : IpAddress.parse(bracketed ? host.substring(1, host.length() - 1) : host)
                        .map(address -> new HostPort(address, number));
    }

    @Override
    public String toString() {
        return address.withPort(port);
    }
}
