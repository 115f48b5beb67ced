package dev.fairway.apiserver.config;

/** Ports from {@code first} to {@code last}, both included. */
public record PortRange(int first, int last) {
    public PortRange {
        if (first < 1 || last > 65535 || first > last) {
            throw new IllegalArgumentException("port range " + first + "-" + last + ": want 1 <= first <= last <= 65535");
        }
    }

    /** Parses {@code first-last}. */
    public static PortRange parse(String text) {
        String[] ends = text.split("-", -1);
        if (ends.length != 2) {
            throw new IllegalArgumentException("port range \"" + text + "\": want first-last");
        }
        try {
            return new PortRange(Integer.parseInt(ends[0].strip()), Integer.parseInt(ends[1].strip()));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("port range \"" + text + "\": want two numbers", e);
        }
    }

    public boolean contains(int port) {
        return port >= first && port <= last;
    }

    public int size() {
        return last - first + 1;
    }

    @Override
    public String toString() {
        return first + "-" + last;
    }
}
