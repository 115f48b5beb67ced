package dev.fairway.apiserver.handler;

import java.util.concurrent.ThreadLocalRandom;

/** Names out of generateName: a random suffix of letters and digits that spell no words. */
final class Names {
    private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
    private static final int SUFFIX = 5;
    private static final int MAX_BASE = 63 - SUFFIX;

    private Names() {
    }

    static String generate(String base) {
        StringBuilder name = new StringBuilder(base.length() > MAX_BASE ? base.substring(0, MAX_BASE) : base);
        for (int i = 0; i < SUFFIX; i++) {
            name.append(ALPHABET.charAt(ThreadLocalRandom.current().nextInt(ALPHABET.length())));
        }
        return name.toString();
    }
}
