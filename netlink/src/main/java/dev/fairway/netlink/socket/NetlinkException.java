package dev.fairway.netlink.socket;

import dev.fairway.netlink.sys.Errno;
import dev.fairway.netlink.sys.ErrnoException;
import java.util.Optional;

/** A request that the kernel refused, or a netlink socket that failed. */
public class NetlinkException extends ErrnoException {
    private final transient KernelError error;

    public NetlinkException(String operation, KernelError error) {
        super(operation, error.errno(), operation + ": " + error);
        this.error = error;
    }

    public NetlinkException(String operation, int errno, String detail) {
        super(operation, errno, operation + ": " + Errno.name(errno) + ": " + detail);
        this.error = new KernelError(errno, 0, Optional.of(detail), -1);
    }

    /** The kernel's own words (extended acknowledgement), if it had any. */
    public Optional<String> kernelMessage() {
        return error.message();
    }

    /** Bytes from the start of the request to the attribute at fault, or -1. */
    public int attributeOffset() {
        return error.offset();
    }

    /** {@code nlmsg_seq} of the refused request, 0 if the failure belongs to none. */
    public int sequence() {
        return error.sequence();
    }
}
