package dev.fairway.netlink.sys;

import java.io.IOException;

/** A system call or kernel request that failed with an errno. */
public class ErrnoException extends IOException {
    private final String operation;
    private final int errno;

    public ErrnoException(String operation, int errno) {
        this(operation, errno, operation + ": " + Errno.name(errno));
    }

    protected ErrnoException(String operation, int errno, String message) {
        super(message);
        this.operation = operation;
        this.errno = errno;
    }

    /** What was tried, such as {@code setns /run/netns/a}. */
    public String operation() {
        return operation;
    }

    /** The positive error number. */
    public int errno() {
        return errno;
    }

    /** The macro's name, such as {@code ENOENT}. */
    public String errnoName() {
        return Errno.name(errno);
    }

    public boolean is(int errno) {
        return this.errno == errno;
    }
}
