package dev.fairway.testkit.nftables;

/** What the kernel answers to a message that it does not take. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int errno;
    private final int offset;

    /** @param offset bytes from the start of the message to what is at fault, or -1 */
    Refusal(int errno, int offset) {
        super(null, null, false, false);
        this.errno = errno;
        this.offset = offset;
    }

    Refusal(int errno) {
        this(errno, -1);
    }

    int errno() {
        return errno;
    }

    int offset() {
        return offset;
    }
}
