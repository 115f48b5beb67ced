package dev.fairway.netlink.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * Every native function that Fairway calls, each as in its manual page of section 2. A failing call throws
 * {@link ErrnoException} with the errno that the call left. None is linked as "critical", since all may block; a virtual
 * thread that calls one keeps its carrier until the call returns.
 */
public final class Libc {
    public static final int AF_NETLINK = 16;
    public static final int SOCK_RAW = 3;
    public static final int SOCK_CLOEXEC = 0x80000;
    public static final int SOL_SOCKET = 1;
    public static final int SOL_NETLINK = 270;
    public static final int SO_SNDBUF = 7;
    public static final int SO_RCVBUF = 8;
    public static final int SO_SNDBUFFORCE = 32;
    public static final int SO_RCVBUFFORCE = 33;
    public static final int MSG_DONTWAIT = 0x40;
    public static final int MSG_TRUNC = 0x20;
    public static final int CLONE_NEWNET = 0x40000000;
    public static final int MS_BIND = 0x1000;
    public static final int MS_REC = 0x4000;
    public static final int MS_SHARED = 1 << 20;
    public static final int MNT_DETACH = 2;
    public static final int SIGKILL = 9;
    public static final int O_RDONLY = 0;
    public static final int O_CLOEXEC = 0x80000;
    private static final short POLLIN = 1;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle STATE_ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle SOCKET = function("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle BIND = function("bind", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle GETSOCKNAME = function("getsockname", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle SETSOCKOPT =
            function("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SENDTO =
            function("sendto", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle RECV = function("recv", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle POLL = function("poll", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle EVENTFD = function("eventfd", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle WRITE = function("write", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle OPEN = LINKER.downcallHandle(symbol("open"),
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT), ERRNO, Linker.Option.firstVariadicArg(2));
    private static final MethodHandle CLOSE = function("close", JAVA_INT, JAVA_INT);
    private static final MethodHandle SETNS = function("setns", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle UNSHARE = function("unshare", JAVA_INT, JAVA_INT);
    private static final MethodHandle MOUNT =
            function("mount", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS);
    private static final MethodHandle KILL = function("kill", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle UMOUNT2 = function("umount2", JAVA_INT, ADDRESS, JAVA_INT);

    private Libc() {
    }

    /** {@code socket(2)}; answers with the descriptor. */
    public static int socket(int domain, int type, int protocol) throws ErrnoException {
        return (int) call("socket", state -> (int) SOCKET.invokeExact(state, domain, type, protocol));
    }

    public static void bind(int fd, MemorySegment address) throws ErrnoException {
        call("bind", state -> (int) BIND.invokeExact(state, fd, address, (int) address.byteSize()));
    }

    /** {@code getsockname(2)}; fills {@code address}. */
    public static void getsockname(int fd, MemorySegment address) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var length = arena.allocateFrom(JAVA_INT, (int) address.byteSize());
            call("getsockname", state -> (int) GETSOCKNAME.invokeExact(state, fd, address, length));
        }
    }

    /** {@code setsockopt(2)} with an {@code int} value. */
    public static void setsockopt(int fd, int level, int option, int value) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var pointer = arena.allocateFrom(JAVA_INT, value);
            call("setsockopt", state -> (int) SETSOCKOPT.invokeExact(state, fd, level, option, pointer, 4));
        }
    }

    /** {@code sendto(2)}; answers with the bytes sent. */
    public static long sendto(int fd, MemorySegment data, long length, int flags, MemorySegment address)
            throws ErrnoException {
        return call("sendto", state ->
                (long) SENDTO.invokeExact(state, fd, data, length, flags, address, (int) address.byteSize()));
    }

    /** {@code recv(2)}; answers with the bytes received, or with {@link #MSG_TRUNC} the datagram's whole length. */
    public static long recv(int fd, MemorySegment into, int flags) throws ErrnoException {
        return call("recv", state -> (long) RECV.invokeExact(state, fd, into, into.byteSize(), flags));
    }

    /**
     * {@code poll(2)} for input on up to two descriptors.
     *
     * @param timeoutMillis milliseconds, negative to wait without end
     * @return a bit per descriptor, bit 0 for {@code first}: something can be read, or an error is waiting
     */
    public static int pollInput(int first, int second, int timeoutMillis) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var fds = arena.allocate(16, 4);
            fds.set(JAVA_INT, 0, first);
            fds.set(JAVA_SHORT, 4, POLLIN);
            fds.set(JAVA_INT, 8, second);
            fds.set(JAVA_SHORT, 12, POLLIN);
            call("poll", state -> (int) POLL.invokeExact(state, fds, 2L, timeoutMillis));
            return (fds.get(JAVA_SHORT, 6) != 0 ? 1 : 0) | (fds.get(JAVA_SHORT, 14) != 0 ? 2 : 0);
        }
    }

    /** {@code eventfd(2)}, close-on-exec, counter 0. */
    public static int eventfd() throws ErrnoException {
        return (int) call("eventfd", state -> (int) EVENTFD.invokeExact(state, 0, O_CLOEXEC));
    }

    /** {@code write(2)} of one 64-bit number, as an eventfd takes it. */
    public static void writeLong(int fd, long value) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var data = arena.allocateFrom(JAVA_LONG, value);
            call("write", state -> (long) WRITE.invokeExact(state, fd, data, 8L));
        }
    }

    public static int open(String path, int flags) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var name = arena.allocateFrom(path);
            return (int) call("open " + path, state -> (int) OPEN.invokeExact(state, name, flags, 0));
        }
    }

    public static void close(int fd) throws ErrnoException {
        call("close", state -> (int) CLOSE.invokeExact(state, fd));
    }

    /** {@code setns(2)}; changes the calling thread only. */
    public static void setns(int fd, int type) throws ErrnoException {
        call("setns", state -> (int) SETNS.invokeExact(state, fd, type));
    }

    /** {@code unshare(2)}; with {@link #CLONE_NEWNET} it changes the calling thread only. */
    public static void unshare(int flags) throws ErrnoException {
        call("unshare", state -> (int) UNSHARE.invokeExact(state, flags));
    }

    public static void mount(String source, String target, String type, long flags) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var from = arena.allocateFrom(source);
            var to = arena.allocateFrom(target);
            var kind = arena.allocateFrom(type);
            call("mount " + target, state ->
                    (int) MOUNT.invokeExact(state, from, to, kind, flags, MemorySegment.NULL));
        }
    }

    public static void umount2(String target, int flags) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var path = arena.allocateFrom(target);
            call("umount2 " + target, state -> (int) UMOUNT2.invokeExact(state, path, flags));
        }
    }

    /** {@code kill(2)}; a negative {@code pid} is a process group. */
    public static void kill(int pid, int signal) throws ErrnoException {
        call("kill", state -> (int) KILL.invokeExact(state, pid, signal));
    }

    @FunctionalInterface
    private interface NativeCall {
        long invoke(MemorySegment state) throws Throwable;
    }

    private static long call(String operation, NativeCall function) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(STATE);
            long result = function.invoke(state);
            if (result < 0) {
                throw new ErrnoException(operation, (int) STATE_ERRNO.get(state, 0L));
            }
            return result;
        } catch (ErrnoException | RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new IllegalStateException(operation + " threw", impossible);
        }
    }

    private static MethodHandle function(String name, MemoryLayout result, MemoryLayout... parameters) {
        return LINKER.downcallHandle(symbol(name), FunctionDescriptor.of(result, parameters), ERRNO);
    }

    private static MemorySegment symbol(String name) {
        return LINKER.defaultLookup().find(name).orElseThrow(() -> new UnsupportedOperationException(
                "libc has no function " + name + "; Fairway's netlink module needs Linux with glibc or musl"));
    }
}
