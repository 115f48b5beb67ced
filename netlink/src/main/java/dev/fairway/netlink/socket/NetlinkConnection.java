package dev.fairway.netlink.socket;

import dev.fairway.netlink.sys.ErrnoException;
import dev.fairway.netlink.wire.NetlinkMessage;
import dev.fairway.netlink.wire.NetlinkWriter;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** Requests and their answers: the kernel's, by {@link NetlinkSocket}, or those of something that stands in for it. */
public interface NetlinkConnection extends AutoCloseable {
    /** {@code nl_pid}: by which others see who changed something. */
    int portId();

    /** As {@link NetlinkSocket#query}. */
    List<NetlinkMessage> query(String operation, int type, int flags, Consumer<NetlinkWriter> body) throws ErrnoException;

    /** As {@link NetlinkSocket#dump}. */
    <T> List<T> dump(String operation, int type, Consumer<NetlinkWriter> body, Function<NetlinkMessage, T> decode)
            throws ErrnoException;

    /** As {@link NetlinkSocket#transact}. */
    List<KernelError> transact(String operation, NetlinkWriter messages) throws ErrnoException;

    @Override
    void close();
}
