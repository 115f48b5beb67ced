package dev.fairway.cluster;

import dev.fairway.apiserver.tls.Pki;
import dev.fairway.kube.Json;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * The files of one cluster: {@code pki/}, {@code store.db}, {@code kubeconfig}, {@code cluster.json} (what is
 * running), {@code up.log} and {@code lock}. The running process holds {@code lock}, so that the kernel answers
 * whether it lives, also after {@code kill -9}.
 */
public record ClusterDirectory(Path path) {
    /** The authority, and the keys of ServiceAccount tokens. */
    private static final List<String> SHARED_KEYS = List.of("ca.key", "ca.crt", "sa.key", "sa.pub");
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    /**
     * The state directory of a cluster, by its name.
     *
     * @throws IllegalArgumentException if no cluster can have this name
     */
    public static ClusterDirectory of(Path root, String name) {
        ClusterConfig.requireName(name);
        return new ClusterDirectory(root.resolve(name));
    }

    public Path pki() {
        return path.resolve("pki");
    }

    /**
     * Takes what all servers of one cluster must have alike from the {@code pki} folder of another one.
     *
     * @throws IOException if something is missing there, or this server has keys of its own already
     */
    public void takeKeys(Path pki) throws IOException {
        for (String name : SHARED_KEYS) {
            String text = Files.readString(pki.resolve(name));
            Path own = pki().resolve(name);
            if (!Files.exists(own)) {
                Files.createDirectories(pki(), OWNER_ONLY);
                Pki.writePrivate(own, text);
            } else if (!Files.readString(own).equals(text)) {
                throw new IOException(own + " differs from " + pki.resolve(name) + ": this server is of another cluster");
            }
        }
    }

    public Path database() {
        return path.resolve("store.db");
    }

    public Path kubeconfig() {
        return path.resolve("kubeconfig");
    }

    public Path log() {
        return path.resolve("up.log");
    }

    public boolean exists() {
        return Files.isDirectory(path);
    }

    /** Whether what is in the directory is a cluster's, or nothing at all: whether it may be removed. */
    public boolean removable() throws IOException {
        if (!exists()) {
            return false;
        }
        if (Stream.of("lock", "store.db", "pki").anyMatch(name -> Files.exists(path.resolve(name)))) {
            return true;
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.findAny().isEmpty();
        }
    }

    /** Makes the directory, readable by its owner alone. */
    public void create() throws IOException {
        Files.createDirectories(path, OWNER_ONLY);
    }

    /** Takes the lock of a running cluster; empty when another process holds it. */
    public Optional<FileChannel> lock() throws IOException {
        FileChannel channel =
                FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (taken(channel)) {
            return Optional.of(channel);
        }
        channel.close();
        return Optional.empty();
    }

    private static boolean taken(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            // Held by this very process: as taken as by another one.
            return false;
        }
    }

    /** Whether a process holds the lock now. */
    public boolean running() throws IOException {
        if (!Files.exists(path.resolve("lock"))) {
            return false;
        }
        Optional<FileChannel> free = lock();
        if (free.isPresent()) {
            free.get().close();
            return false;
        }
        return true;
    }

    /** Writes what is running, in one step. */
    public void write(RunState state) throws IOException {
        Path temporary = path.resolve("cluster.json.new");
        Files.write(temporary, Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(state));
        Files.move(temporary, path.resolve("cluster.json"), StandardCopyOption.ATOMIC_MOVE);
    }

    /** What was last written as running; empty where nothing was. */
    public Optional<RunState> read() throws IOException {
        try {
            ObjectNode json = Json.parseObject(Files.readAllBytes(path.resolve("cluster.json")));
            return Optional.of(Json.mapper().treeToValue(json, RunState.class));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Removes {@code cluster.json}; the rest stays for the next start. */
    public void forgetRun() throws IOException {
        Files.deleteIfExists(path.resolve("cluster.json"));
    }

    /** Removes the directory with all in it. */
    public void delete() throws IOException {
        if (!exists()) {
            return;
        }
        Files.walkFileTree(path, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
