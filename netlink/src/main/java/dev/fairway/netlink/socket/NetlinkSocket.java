package dev.fairway.netlink.socket;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.fairway.netlink.sys.Errno;
import dev.fairway.netlink.sys.ErrnoException;
import dev.fairway.netlink.sys.Libc;
import dev.fairway.netlink.wire.NetlinkHeader;
import dev.fairway.netlink.wire.NetlinkMessage;
import dev.fairway.netlink.wire.NetlinkWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A netlink socket in the network namespace of the thread that opened it; any thread may use it afterwards, one request
 * at a time. A socket that {@link #subscribe subscribed} to multicast groups only receives.
 */
public final class NetlinkSocket implements NetlinkConnection {
    /** {@code NETLINK_ADD_MEMBERSHIP}. */
    private static final int ADD_MEMBERSHIP = 1;
    /** {@code NETLINK_CAP_ACK}. */
    private static final int CAP_ACK = 10;
    /** {@code NETLINK_EXT_ACK}. */
    private static final int EXT_ACK = 11;
    /** {@code NETLINK_GET_STRICT_CHK}. */
    private static final int GET_STRICT_CHK = 12;

    /** The kernel fills at most 32 KiB per dump datagram; batches' answers and notifications are smaller. */
    private static final int RECEIVE_BYTES = 128 * 1024;
    private static final int REPLY_TIMEOUT_MILLIS = 30_000;
    private static final int DUMP_ATTEMPTS = 50;
    private static final int DEFAULT_SEND_BUFFER = 128 * 1024;

    private final int fd;
    private final int wakeFd;
    private final int portId;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment received = arena.allocate(RECEIVE_BYTES, 8);
    private final MemorySegment kernel = arena.allocate(12, 4);
    private final ReentrantLock lock = new ReentrantLock();
    private int sequence = 1;
    private int sendBuffer = DEFAULT_SEND_BUFFER;
    private boolean closed;

    private NetlinkSocket(int fd, int wakeFd, int portId) {
        this.fd = fd;
        this.wakeFd = wakeFd;
        this.portId = portId;
        kernel.set(JAVA_SHORT, 0, (short) Libc.AF_NETLINK);
    }

    /**
     * Opens and binds a socket with extended and capped acknowledgements, and strict checking of dump requests for
     * {@link NetlinkFamily#ROUTE}.
     *
     * @throws ErrnoException if the kernel refuses the socket
     */
    public static NetlinkSocket open(NetlinkFamily family) throws ErrnoException {
        int fd = Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, family.protocol());
        try (var address = Arena.ofConfined()) {
            Libc.setsockopt(fd, Libc.SOL_NETLINK, EXT_ACK, 1);
            Libc.setsockopt(fd, Libc.SOL_NETLINK, CAP_ACK, 1);
            if (family == NetlinkFamily.ROUTE) {
                Libc.setsockopt(fd, Libc.SOL_NETLINK, GET_STRICT_CHK, 1);
            }
            var any = address.allocate(12, 4);
            any.set(JAVA_SHORT, 0, (short) Libc.AF_NETLINK);
            Libc.bind(fd, any);
            Libc.getsockname(fd, any);
            return new NetlinkSocket(fd, Libc.eventfd(), any.get(JAVA_INT, 4));
        } catch (ErrnoException failure) {
            Libc.close(fd);
            throw failure;
        }
    }

    /** {@code nl_pid}: the number that the kernel gave the socket, by which others see who changed something. */
    @Override
    public int portId() {
        return portId;
    }

    /**
     * Joins a multicast group, such as {@code NFNLGRP_NFTABLES}.
     *
     * @param group its number, not its bit
     */
    public void subscribe(int group) throws ErrnoException {
        Libc.setsockopt(fd, Libc.SOL_NETLINK, ADD_MEMBERSHIP, group);
    }

    /** Sets the receive buffer in bytes, past {@code net.core.rmem_max} where the capability CAP_NET_ADMIN allows it. */
    public void receiveBuffer(int bytes) throws ErrnoException {
        force(Libc.SO_RCVBUFFORCE, Libc.SO_RCVBUF, bytes);
    }

    /** A sequence number that no other request of this socket has. */
    public int nextSequence() {
        lock.lock();
        try {
            return sequence++;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Sends one request and waits for its acknowledgement.
     *
     * @param operation what is done, for error messages
     * @param flags further flags beside {@code NLM_F_REQUEST | NLM_F_ACK}
     * @throws NetlinkException if the kernel refuses it
     */
    public void execute(String operation, int type, int flags, Consumer<NetlinkWriter> body) throws ErrnoException {
        query(operation, type, flags, body);
    }

    /** As {@link #execute}; answers with the messages that came before the acknowledgement. */
    @Override
    public List<NetlinkMessage> query(String operation, int type, int flags, Consumer<NetlinkWriter> body)
            throws ErrnoException {
        lock.lock();
        try {
            int number = nextSequence();
            var request = new NetlinkWriter();
            request.message(type, NetlinkHeader.REQUEST | NetlinkHeader.ACK | flags, number, body);
            send(operation, request.buffer());
            var replies = new ArrayList<NetlinkMessage>();
            while (true) {
                for (var message : awaitReply(operation)) {
                    if (message.header().sequence() != number) {
                        continue;
                    }
                    if (message.header().type() == NetlinkHeader.ERROR) {
                        var answer = KernelError.decode(message);
                        if (answer.isAck()) {
                            return replies;
                        }
                        throw new NetlinkException(operation, answer);
                    }
                    replies.add(message);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Lists a table. A dump that the kernel marks as interrupted by a change ({@code NLM_F_DUMP_INTR}) is begun anew.
     *
     * @param decode called once per message; what it answered for an interrupted dump is dropped
     * @throws NetlinkException if the kernel refuses the dump, or EINTR if it never got through undisturbed
     */
    @Override
    public <T> List<T> dump(String operation, int type, Consumer<NetlinkWriter> body,
            Function<NetlinkMessage, T> decode) throws ErrnoException {
        lock.lock();
        try {
            for (int attempt = 0; attempt < DUMP_ATTEMPTS; attempt++) {
                var result = new ArrayList<T>();
                if (dumpOnce(operation, type, body, decode, result)) {
                    return result;
                }
            }
            throw new NetlinkException(operation, Errno.EINTR,
                    "the table changed during each of " + DUMP_ATTEMPTS + " dumps");
        } finally {
            lock.unlock();
        }
    }

    private <T> boolean dumpOnce(String operation, int type, Consumer<NetlinkWriter> body,
            Function<NetlinkMessage, T> decode, List<T> result) throws ErrnoException {
        int number = nextSequence();
        var request = new NetlinkWriter();
        request.message(type, NetlinkHeader.REQUEST | NetlinkHeader.DUMP, number, body);
        send(operation, request.buffer());
        boolean consistent = true;
        while (true) {
            for (var message : awaitReply(operation)) {
                if (message.header().sequence() != number) {
                    continue;
                }
                consistent &= !message.header().has(NetlinkHeader.DUMP_INTR);
                switch (message.header().type()) {
                    case NetlinkHeader.ERROR -> throw new NetlinkException(operation, KernelError.decode(message));
                    case NetlinkHeader.DONE -> {
                        var end = KernelError.ofDone(message);
                        if (end.is(Errno.EINTR)) {
                            return false;
                        }
                        if (!end.isAck()) {
                            throw new NetlinkException(operation, end);
                        }
                        return consistent;
                    }
                    default -> {
                        if (consistent) {
                            result.add(decode.apply(message));
                        }
                    }
                }
            }
        }
    }

    /**
     * Sends several messages as one datagram, which the kernel works through before the call returns, and collects what
     * it answered. This is how nf_tables batches go: only failing messages and those with {@code NLM_F_ACK} are answered.
     *
     * @return the answers in the order received, acknowledgements among them; those with an errno tell by their sequence
     *     which message failed
     * @throws ErrnoException if the datagram could not be sent, or ENOBUFS when answers were lost before any error was
     *     read
     */
    @Override
    public List<KernelError> transact(String operation, NetlinkWriter messages) throws ErrnoException {
        lock.lock();
        try {
            send(operation, messages.buffer());
            var answers = new ArrayList<KernelError>();
            while (true) {
                try {
                    for (var message : receive(operation, Libc.MSG_DONTWAIT)) {
                        if (message.header().type() == NetlinkHeader.ERROR) {
                            answers.add(KernelError.decode(message));
                        }
                    }
                } catch (ErrnoException failure) {
                    if (failure.is(Errno.EAGAIN)) {
                        return answers;
                    }
                    // The kernel drops answers only when so many messages failed that they overran the buffer.
                    if (!failure.is(Errno.ENOBUFS) || answers.stream().allMatch(KernelError::isAck)) {
                        throw failure;
                    }
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for multicast messages.
     *
     * @return the messages of one datagram; none when the time is over or {@link #wakeUp} was called
     * @throws NetlinkException ENOBUFS if messages were lost since the last call; the next call goes on with what came
     *     after
     */
    public List<NetlinkMessage> receive(Duration timeout) throws ErrnoException {
        int millis = Math.clamp(timeout.toMillis(), 0, Integer.MAX_VALUE);
        if ((poll(millis) & 1) == 0) {
            return List.of();
        }
        lock.lock();
        try {
            return receive("receive", Libc.MSG_DONTWAIT);
        } finally {
            lock.unlock();
        }
    }

    /** Makes this and every later {@link #receive} return at once; the way to end a receiving thread before closing. */
    public void wakeUp() throws ErrnoException {
        Libc.writeLong(wakeFd, 1);
    }

    private List<NetlinkMessage> awaitReply(String operation) throws ErrnoException {
        if ((poll(REPLY_TIMEOUT_MILLIS) & 1) == 0) {
            throw new NetlinkException(operation, 110, "no answer within " + REPLY_TIMEOUT_MILLIS / 1000 + " s");
        }
        return receive(operation, Libc.MSG_DONTWAIT);
    }

    private int poll(int timeoutMillis) throws ErrnoException {
        while (true) {
            try {
                return Libc.pollInput(fd, wakeFd, timeoutMillis);
            } catch (ErrnoException failure) {
                if (!failure.is(Errno.EINTR)) {
                    throw failure;
                }
            }
        }
    }

    private List<NetlinkMessage> receive(String operation, int flags) throws ErrnoException {
        while (true) {
            try {
                long length = Libc.recv(fd, received, flags | Libc.MSG_TRUNC);
                if (length > RECEIVE_BYTES) {
                    throw new NetlinkException(operation, Errno.ENOBUFS,
                            "a datagram of " + length + " bytes did not fit the buffer");
                }
                return NetlinkMessage.split(ByteBuffer.wrap(received.asSlice(0, length).toArray(JAVA_BYTE)));
            } catch (ErrnoException failure) {
                if (failure.is(Errno.ENOBUFS)) {
                    throw new NetlinkException(operation, Errno.ENOBUFS, "the kernel dropped messages");
                }
                if (!failure.is(Errno.EINTR)) {
                    throw failure;
                }
            }
        }
    }

    private void send(String operation, ByteBuffer datagram) throws ErrnoException {
        int length = datagram.remaining();
        // netlink_sendmsg() refuses what does not fit the send buffer whole.
        if (length + 1024 > sendBuffer) {
            force(Libc.SO_SNDBUFFORCE, Libc.SO_SNDBUF, length + 1024);
            sendBuffer = length + 1024;
        }
        try (var call = Arena.ofConfined()) {
            var data = call.allocate(length, 8).copyFrom(MemorySegment.ofBuffer(datagram));
            while (true) {
                try {
                    Libc.sendto(fd, data, length, 0, kernel);
                    return;
                } catch (ErrnoException failure) {
                    if (!failure.is(Errno.EINTR)) {
                        throw new NetlinkException(operation, failure.errno(), "sending " + length + " bytes");
                    }
                }
            }
        }
    }

    private void force(int forced, int ordinary, int bytes) throws ErrnoException {
        try {
            Libc.setsockopt(fd, Libc.SOL_SOCKET, forced, bytes);
        } catch (ErrnoException failure) {
            if (!failure.is(Errno.EPERM)) {
                throw failure;
            }
            Libc.setsockopt(fd, Libc.SOL_SOCKET, ordinary, bytes);
        }
    }

    /** Closes the socket; no other thread may be using it. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            closeQuietly(fd);
            closeQuietly(wakeFd);
            arena.close();
        } finally {
            lock.unlock();
        }
    }

    private static void closeQuietly(int descriptor) {
        try {
            Libc.close(descriptor);
        } catch (ErrnoException failure) {
            // close(2) releases the descriptor even when it reports an error, and a netlink socket has no data to lose.
            System.getLogger(NetlinkSocket.class.getName()).log(System.Logger.Level.DEBUG, "close", failure);
        }
    }
}
