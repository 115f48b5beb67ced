package dev.fairway.netlink.conntrack;

import static dev.fairway.netlink.conntrack.Flow.*;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.nfnetlink.Nfnetlink;
import dev.fairway.netlink.socket.NetlinkFamily;
import dev.fairway.netlink.socket.NetlinkSocket;
import dev.fairway.netlink.sys.Errno;
import dev.fairway.netlink.sys.ErrnoException;
import dev.fairway.netlink.wire.NetlinkWriter;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The connection tracking table of one network namespace ({@code linux/netfilter/nfnetlink_conntrack.h}). Safe for use by
 * several threads.
 *
 * {@snippet :
 * try (var conntrack = Conntrack.open()) {
 *     conntrack.delete(FlowFilter.ipv4().protocol(FlowTuple.UDP).status(Flow.DST_NAT),
 *             flow -> flow.reply().source().equals(goneEndpoint));
 * }
 * }
 */
public final class Conntrack implements AutoCloseable {
    private static final int MSG_CT_GET = 1;
    private static final int MSG_CT_DELETE = 2;
    /** {@code CTA_FILTER_ORIG_FLAGS}. */
    private static final int FILTER_ORIG_FLAGS = 1;
    /** {@code CTA_FILTER_REPLY_FLAGS}. */
    private static final int FILTER_REPLY_FLAGS = 2;
    /** The filter flag of {@code CTA_PROTO_NUM}. */
    private static final int FILTER_PROTO_NUM = 1 << 3;

    private final NetlinkSocket socket;

    private Conntrack(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** Of the calling thread's own namespace. */
    public static Conntrack open() throws ErrnoException {
        return new Conntrack(NetlinkSocket.open(NetlinkFamily.NETFILTER));
    }

    public static Conntrack open(NetworkNamespace namespace) throws IOException {
        return new Conntrack(namespace.netlinkSocket(NetlinkFamily.NETFILTER));
    }

    /** The flows that pass the filter. A flow that comes or goes meanwhile may be missing. */
    public List<Flow> list(FlowFilter filter) throws ErrnoException {
        return list(filter, flow -> true);
    }

    private List<Flow> list(FlowFilter filter, Predicate<Flow> condition) throws ErrnoException {
        return socket.dump("list conntrack", type(MSG_CT_GET), request -> write(request, filter), message -> {
            var flow = Flow.decode(message);
            return filter.matches(flow) && condition.test(flow) ? Optional.of(flow) : Optional.<Flow>empty();
        }).stream().flatMap(Optional::stream).toList();
    }

    /**
     * Deletes one flow; the next packet between its ends is looked at as new.
     *
     * @return false if it was gone
     */
    public boolean delete(Flow flow) throws ErrnoException {
        try {
            socket.execute("delete conntrack entry", type(MSG_CT_DELETE), 0, request -> {
                Nfnetlink.header(request, flow.family(), 0);
                flow.original().write(request, CTA_TUPLE_ORIG);
                request.be32(CTA_ID, flow.id());
                if (flow.zone() != 0) {
                    request.be16(CTA_ZONE, flow.zone());
                }
            });
            return true;
        } catch (ErrnoException failure) {
            if (failure.is(Errno.ENOENT)) {
                return false;
            }
            throw failure;
        }
    }

    /**
     * Deletes the flows that pass the filter and the condition.
     *
     * @return how many were deleted
     */
    public int delete(FlowFilter filter, Predicate<Flow> condition) throws ErrnoException {
        int deleted = 0;
        for (var flow : list(filter, condition)) {
            if (delete(flow)) {
                deleted++;
            }
        }
        return deleted;
    }

    static void write(NetlinkWriter request, FlowFilter filter) {
        Nfnetlink.header(request, filter.family(), 0);
        if (filter.markMask() != 0) {
            request.be32(CTA_MARK, filter.mark()).be32(CTA_MARK_MASK, filter.markMask());
        }
        if (filter.status() != 0) {
            request.be32(CTA_STATUS, filter.status()).be32(CTA_STATUS_MASK, filter.status());
        }
        // The kernel filters by tuple only within one family.
        if (filter.protocol().isPresent() && filter.family() != Nfnetlink.NFPROTO_UNSPEC) {
            request.nested(CTA_TUPLE_ORIG, tuple -> tuple.nested(FlowTuple.CTA_TUPLE_PROTO,
                    proto -> proto.u8(FlowTuple.CTA_PROTO_NUM, filter.protocol().getAsInt())));
            request.nested(CTA_FILTER, flags -> flags.u32(FILTER_ORIG_FLAGS, FILTER_PROTO_NUM).u32(FILTER_REPLY_FLAGS, 0));
        }
    }

    private static int type(int message) {
        return Nfnetlink.type(Nfnetlink.SUBSYS_CTNETLINK, message);
    }

    @Override
    public void close() {
        socket.close();
    }
}
