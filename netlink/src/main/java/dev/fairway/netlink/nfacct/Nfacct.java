package dev.fairway.netlink.nfacct;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.nfnetlink.Nfnetlink;
import dev.fairway.netlink.socket.NetlinkFamily;
import dev.fairway.netlink.socket.NetlinkSocket;
import dev.fairway.netlink.sys.Errno;
import dev.fairway.netlink.sys.ErrnoException;
import dev.fairway.netlink.wire.NetlinkHeader;
import dev.fairway.netlink.wire.NetlinkMessage;
import dev.fairway.netlink.wire.NetlinkWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * The accounting objects of one network namespace ({@code linux/netfilter/nfnetlink_acct.h}). Safe for use by several
 * threads.
 */
public final class Nfacct implements AutoCloseable {
    /** {@code NFACCT_NAME_MAX}, bytes, the closing NUL included. */
    public static final int NAME_MAX = 32;

    private static final int MSG_ACCT_NEW = 0;
    private static final int MSG_ACCT_GET = 1;
    private static final int MSG_ACCT_DEL = 3;
    private static final int NFACCT_NAME = 1;
    private static final int NFACCT_PKTS = 2;
    private static final int NFACCT_BYTES = 3;
    private static final int NFACCT_USE = 4;

    private final NetlinkSocket socket;

    private Nfacct(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** Of the calling thread's own namespace. */
    public static Nfacct open() throws ErrnoException {
        return new Nfacct(NetlinkSocket.open(NetlinkFamily.NETFILTER));
    }

    public static Nfacct open(NetworkNamespace namespace) throws IOException {
        return new Nfacct(namespace.netlinkSocket(NetlinkFamily.NETFILTER));
    }

    /**
     * Makes sure that an object exists; one that does keeps its counts.
     *
     * @return whether it was made, false if it was there
     * @throws dev.fairway.netlink.socket.NetlinkException EINVAL or EOPNOTSUPP where the kernel lacks nfnetlink_acct
     */
    public boolean create(String name) throws ErrnoException {
        checkName(name);
        try {
            socket.execute("create nfacct object " + name, type(MSG_ACCT_NEW), NetlinkHeader.CREATE | NetlinkHeader.EXCL,
                    request -> header(request).string(NFACCT_NAME, name).be64(NFACCT_PKTS, 0).be64(NFACCT_BYTES, 0));
            return true;
        } catch (ErrnoException failure) {
            // EBUSY is how kernels answer for an existing name without NLM_F_REPLACE.
            if (failure.is(Errno.EEXIST) || failure.is(Errno.EBUSY)) {
                return false;
            }
            throw failure;
        }
    }

    public Optional<AccountingObject> get(String name) throws ErrnoException {
        checkName(name);
        try {
            return socket.query("get nfacct object " + name, type(MSG_ACCT_GET), 0,
                    request -> header(request).string(NFACCT_NAME, name)).stream().findFirst().map(Nfacct::decode);
        } catch (ErrnoException failure) {
            if (failure.is(Errno.ENOENT)) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    public List<AccountingObject> list() throws ErrnoException {
        return socket.dump("list nfacct objects", type(MSG_ACCT_GET), Nfacct::header, Nfacct::decode);
    }

    /**
     * Deletes an object.
     *
     * @return false if there was none
     * @throws dev.fairway.netlink.socket.NetlinkException EBUSY while a rule uses it
     */
    public boolean delete(String name) throws ErrnoException {
        checkName(name);
        try {
            socket.execute("delete nfacct object " + name, type(MSG_ACCT_DEL), 0,
                    request -> header(request).string(NFACCT_NAME, name));
            return true;
        } catch (ErrnoException failure) {
            if (failure.is(Errno.ENOENT)) {
                return false;
            }
            throw failure;
        }
    }

    private static AccountingObject decode(NetlinkMessage message) {
        var attributes = message.attributes(Nfnetlink.HEADER);
        return new AccountingObject(attributes.string(NFACCT_NAME), attributes.be64(NFACCT_PKTS),
                attributes.be64(NFACCT_BYTES), attributes.be32(NFACCT_USE, 1) - 1);
    }

    private static int type(int message) {
        return Nfnetlink.type(Nfnetlink.SUBSYS_ACCT, message);
    }

    private static NetlinkWriter header(NetlinkWriter request) {
        return Nfnetlink.header(request, Nfnetlink.NFPROTO_UNSPEC, 0);
    }

    private static void checkName(String name) {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes >= NAME_MAX || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("nfacct name: '" + name + "'");
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
