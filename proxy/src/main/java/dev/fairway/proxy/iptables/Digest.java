package dev.fairway.proxy.iptables;

import java.util.List;

/** 64 bits that stand for the rules of a chain, so that what the kernel has need not be kept as text. */
final class Digest {
    /** Of a chain without rules. */
    static final long EMPTY = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;

    private Digest() {}

    static long of(List<String> rules) {
        long digest = EMPTY;
        for (String rule : rules) {
            digest = add(digest, rule);
        }
        return digest;
    }

    /** FNV-1a over the rule and its end. */
    static long add(long digest, String rule) {
        long sum = digest;
        for (int i = 0; i < rule.length(); i++) {
            sum = (sum ^ rule.charAt(i)) * PRIME;
        }
        return (sum ^ '\n') * PRIME;
    }
}
