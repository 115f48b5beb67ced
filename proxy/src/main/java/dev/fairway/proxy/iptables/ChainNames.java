package dev.fairway.proxy.iptables;

import dev.fairway.proxy.state.Backend;
import dev.fairway.proxy.state.ServicePortName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The names of chains: a prefix and 80 bits of SHA-256 in base 32 (RFC 4648), since a chain name has 28 characters at
 * most. Other programs compute the same names, so that they may never change.
 */
final class ChainNames {
    /** Endpoints under the policy Cluster. */
    static final String CLUSTER = "KUBE-SVC-";
    /** Endpoints under the policy Local. */
    static final String LOCAL = "KUBE-SVL-";
    /** Traffic to external addresses and node ports. */
    static final String EXTERNAL = "KUBE-EXT-";
    /** Load balancer source ranges. */
    static final String FIREWALL = "KUBE-FW-";
    /** One endpoint. */
    static final String ENDPOINT = "KUBE-SEP-";

    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int LENGTH = 16;

    private ChainNames() {}

    /** The part that a port's chains have in common. */
    static String suffix(ServicePortName port) {
        return hash(port + port.protocol().lowerCase());
    }

    static String endpoint(ServicePortName port, Backend backend) {
        return ENDPOINT + hash(port + port.protocol().lowerCase() + backend);
    }

    /** Whether a chain is one of a Service, which the proxy makes and removes. */
    static boolean isOfService(String chain) {
        return chain.startsWith(CLUSTER) || chain.startsWith(LOCAL) || chain.startsWith(EXTERNAL)
                || chain.startsWith(FIREWALL) || chain.startsWith(ENDPOINT);
    }

    private static String hash(String text) {
        byte[] digest = sha256().digest(text.getBytes(StandardCharsets.UTF_8));
        char[] encoded = new char[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            int bit = i * 5;
            int pair = (digest[bit / 8] & 0xff) << 8 | digest[bit / 8 + 1] & 0xff;
            encoded[i] = BASE32.charAt(pair >> (11 - bit % 8) & 31);
        }
        return new String(encoded);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
