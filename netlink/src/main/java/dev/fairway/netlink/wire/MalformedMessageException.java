package dev.fairway.netlink.wire;

/** Bytes that are not the netlink message or attribute that they should be. */
public final class MalformedMessageException extends RuntimeException {
    public MalformedMessageException(String message) {
        super(message);
    }
}
