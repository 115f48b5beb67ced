package dev.fairway.node.network;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * That a cluster of one name is on this machine, whatever its state directory: namespaces are called by that name, and
 * whoever starts or stops another one of it would take them away. Held by a lock on a file, which the kernel gives
 * back when the process ends; the file goes with it, or with the next one's after {@code kill -9}.
 */
final class NameLock implements AutoCloseable {
    private static final Path DIRECTORY = Path.of("/run");
    /** Names that this process holds: to open and close their files again would give the locks back. */
    private static final Set<String> OWN = ConcurrentHashMap.newKeySet();

    private final String name;
    private final Path path;
    private final FileChannel channel;

    private NameLock(String name, Path path, FileChannel channel) {
        this.name = name;
        this.path = path;
        this.channel = channel;
    }

    /** Takes the name; empty when somebody has it. */
    static Optional<NameLock> take(String cluster) throws IOException {
        if (!OWN.add(cluster)) {
            return Optional.empty();
        }
        Path path = DIRECTORY.resolve(Names.prefix(cluster) + "lock");
        Optional<NameLock> taken = Optional.empty();
        try {
            taken = open(cluster, path);
            return taken;
        } finally {
            if (taken.isEmpty()) {
                OWN.remove(cluster);
            }
        }
    }

    private static Optional<NameLock> open(String cluster, Path path) throws IOException {
        while (true) {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            boolean kept = false;
            try {
                Object opened = key(path);
                FileLock lock = channel.tryLock();
                if (lock == null) {
                    return Optional.empty();
                }
                // Who held it before may have removed this very file in the meantime.
                if (opened != null && opened.equals(key(path))) {
                    kept = true;
                    return Optional.of(new NameLock(cluster, path, channel));
                }
            } finally {
                if (!kept) {
                    channel.close();
                }
            }
        }
    }

    private static Object key(Path path) throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Whether somebody has the name. */
    static boolean taken(String cluster) throws IOException {
        if (OWN.contains(cluster)) {
            return true;
        }
        if (!Files.exists(DIRECTORY.resolve(Names.prefix(cluster) + "lock"))) {
            return false;
        }
        Optional<NameLock> free = take(cluster);
        if (free.isPresent()) {
            free.get().close();
        }
        return free.isEmpty();
    }

    /** False once it is closed. */
    boolean held() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        if (!held()) {
            return;
        }
        try (channel) {
            Files.deleteIfExists(path);
        } finally {
            OWN.remove(name);
        }
    }
}
