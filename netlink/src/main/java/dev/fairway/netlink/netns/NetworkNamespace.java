package dev.fairway.netlink.netns;

import dev.fairway.netlink.socket.NetlinkFamily;
import dev.fairway.netlink.socket.NetlinkSocket;
import dev.fairway.netlink.sys.Errno;
import dev.fairway.netlink.sys.ErrnoException;
import dev.fairway.netlink.sys.Libc;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A network namespace, named by a file at {@code /run/netns/NAME} exactly as {@code ip netns add} makes it, so that
 * {@code ip netns}, {@code ip -n NAME} and {@code nsenter --net=/run/netns/NAME} see it.
 *
 * <p>A namespace is a name and a path, no open resource: dropping the object leaves the namespace in place;
 * {@link #delete} removes it. Creating, entering and deleting need CAP_SYS_ADMIN.
 *
 * <p>What is opened inside belongs to the namespace for good and may be used by any thread:
 *
 * {@snippet :
 * var pod = NetworkNamespace.create("pod-1");
 * ServerSocketChannel server = pod.call(() -> ServerSocketChannel.open().bind(new InetSocketAddress(8080)));
 * pod.sysctl("net/ipv4/ip_forward", "1");
 * try (var rtnetlink = Rtnetlink.open(pod)) {
 *     rtnetlink.setUp("lo");
 * }
 * Process curl = pod.processBuilder("curl", "http://10.96.0.1:8080").start();
 * }
 *
 * @param path the file that names the namespace
 */
public record NetworkNamespace(Path path) {
    /** {@code NETNS_RUN_DIR} of iproute2. */
    public static final Path DIRECTORY = Path.of("/run/netns");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}");
    private static final Path PROC_SYS = Path.of("/proc/sys");
    private static final int MAX_SYSCTL_BYTES = 4096;

    /** Code to run in a namespace. */
    @FunctionalInterface
    public interface Action<T, X extends Exception> {
        T call() throws X;
    }

    /**
     * Makes a fresh namespace with nothing but a downed {@code lo}.
     *
     * @throws FileAlreadyExistsException if the name is taken
     * @throws IllegalArgumentException if the name cannot be a file name
     */
    public static NetworkNamespace create(String name) throws IOException {
        var namespace = new NetworkNamespace(DIRECTORY.resolve(checked(name)));
        shareDirectory();
        Files.createFile(namespace.path);
        try {
            NamespaceThread.run(() -> Libc.unshare(Libc.CLONE_NEWNET), () -> {
                Libc.mount("/proc/thread-self/ns/net", namespace.path.toString(), "none", Libc.MS_BIND);
                return namespace;
            });
        } catch (ErrnoException failure) {
            Files.deleteIfExists(namespace.path);
            throw failure;
        }
        return namespace;
    }

    /**
     * The namespace of that name.
     *
     * @throws NoSuchFileException if there is none
     */
    public static NetworkNamespace open(String name) throws IOException {
        return at(DIRECTORY.resolve(checked(name)));
    }

    /**
     * The namespace that a file names, such as {@code /proc/1/ns/net}.
     *
     * @throws NoSuchFileException if there is no such file
     */
    public static NetworkNamespace at(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString(), null, "no such network namespace");
        }
        return new NetworkNamespace(file);
    }

    /** The names of all namespaces in {@link #DIRECTORY}, sorted. */
    public static List<String> list() throws IOException {
        try (var files = Files.list(DIRECTORY)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (NoSuchFileException none) {
            return List.of();
        }
    }

    public String name() {
        return path.getFileName().toString();
    }

    public boolean exists() {
        return Files.exists(path);
    }

    /**
     * Removes the name. The kernel drops the namespace itself, and all interfaces in it, when the last process and socket
     * inside are gone.
     *
     * @throws NoSuchFileException if it was removed before
     */
    public void delete() throws IOException {
        try {
            Libc.umount2(path.toString(), Libc.MNT_DETACH);
        } catch (ErrnoException failure) {
            // EINVAL: the file is no mount point, as after a crash between creating and mounting it.
            if (!failure.is(Errno.EINVAL) && !failure.is(Errno.ENOENT)) {
                throw failure;
            }
        }
        Files.delete(path);
    }

    /**
     * Runs {@code action} inside the namespace, on a platform thread of its own that ends afterwards, and waits for it.
     * Threads that the action starts (virtual threads' carriers too) would stay in the namespace: start none in it.
     *
     * @throws X what the action throws
     * @throws IOException if the namespace cannot be entered
     */
    public <T, X extends Exception> T call(Action<T, X> action) throws X, IOException {
        return NamespaceThread.run(this::enter, action);
    }

    /** A netlink socket of this namespace. */
    public NetlinkSocket netlinkSocket(NetlinkFamily family) throws IOException {
        return call(() -> NetlinkSocket.open(family));
    }

    /** Writes a sysctl of this namespace; the name has slashes, as below {@code /proc/sys}: {@code net/ipv4/ip_forward}. */
    public void sysctl(String name, String value) throws IOException {
        var file = sysctlFile(name);
        call(() -> Files.writeString(file, value));
    }

    /** Reads a sysctl of this namespace, without the line's end. */
    public String sysctl(String name) throws IOException {
        var file = sysctlFile(name);
        // One read: the kernel answers nothing from the second byte on, where Files.readString would go on.
        var value = new byte[MAX_SYSCTL_BYTES];
        int length = call(() -> {
            try (var in = Files.newInputStream(file)) {
                return in.read(value);
            }
        });
        return new String(value, 0, Math.max(0, length), StandardCharsets.UTF_8).strip();
    }

    /**
     * A process to be started inside this namespace, through {@code nsenter} of util-linux, which replaces itself with the
     * command: the process's id is the command's. File system, cgroups and users stay the caller's.
     */
    public ProcessBuilder processBuilder(List<String> command) {
        var line = new ArrayList<>(List.of("nsenter", "--net=" + path, "--"));
        line.addAll(command);
        return new ProcessBuilder(line);
    }

    /** As {@link #processBuilder(List)}. */
    public ProcessBuilder processBuilder(String... command) {
        return processBuilder(List.of(command));
    }

    private void enter() throws ErrnoException {
        int fd = Libc.open(path.toString(), Libc.O_RDONLY | Libc.O_CLOEXEC);
        try {
            Libc.setns(fd, Libc.CLONE_NEWNET);
        } finally {
            Libc.close(fd);
        }
    }

    private static Path sysctlFile(String name) {
        var file = PROC_SYS.resolve(name).normalize();
        if (!file.startsWith(PROC_SYS) || file.equals(PROC_SYS)) {
            throw new IllegalArgumentException("sysctl name: " + name);
        }
        return file;
    }

    private static String checked(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("network namespace name: '" + name + "'");
        }
        return name;
    }

    /** Makes the directory a shared mount, as iproute2 does, so that names show in every mount namespace. */
    private static void shareDirectory() throws IOException {
        Files.createDirectories(DIRECTORY);
        var directory = DIRECTORY.toString();
        try {
            Libc.mount("", directory, "none", Libc.MS_SHARED | Libc.MS_REC);
        } catch (ErrnoException notMounted) {
            if (!notMounted.is(Errno.EINVAL)) {
                throw notMounted;
            }
            Libc.mount(directory, directory, "none", Libc.MS_BIND | Libc.MS_REC);
            Libc.mount("", directory, "none", Libc.MS_SHARED | Libc.MS_REC);
        }
    }
}
