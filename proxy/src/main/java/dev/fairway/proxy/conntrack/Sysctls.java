package dev.fairway.proxy.conntrack;

import dev.fairway.netlink.netns.NetworkNamespace;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads and writes kernel settings of one network namespace. Names have slashes, as below {@code /proc/sys}.
 *
 * @param namespace empty for the process's own
 */
public record Sysctls(Optional<NetworkNamespace> namespace) {
    private static final Path PROC_SYS = Path.of("/proc/sys");
    private static final int MAX_BYTES = 4096;

    /** The number that a setting has; empty if the kernel does not know the setting. */
    public OptionalLong get(String name) throws IOException {
        try {
            return OptionalLong.of(Long.parseLong(text(name)));
        } catch (NoSuchFileException e) {
            return OptionalLong.empty();
        } catch (NumberFormatException e) {
            throw new IOException("sysctl " + name + ": not a number", e);
        }
    }

    /** The text that a setting has. */
    public String text(String name) throws IOException {
        if (namespace.isPresent()) {
            return namespace.get().sysctl(name);
        }
        // One read: the kernel answers nothing from the second byte on, where Files.readString would go on.
        byte[] value = new byte[MAX_BYTES];
        try (InputStream in = Files.newInputStream(PROC_SYS.resolve(name))) {
            return new String(value, 0, Math.max(0, in.read(value)), StandardCharsets.UTF_8).strip();
        }
    }

    /**
     * Sets a number, unless the setting has it already.
     *
     * @return whether it had to be changed
     * @throws IOException if the kernel refuses, or does not know the setting; the message names it
     */
    public boolean set(String name, long value) throws IOException {
        OptionalLong present = get(name);
        if (present.isEmpty()) {
            throw new IOException("sysctl " + name + ": this kernel has no such setting");
        }
        if (present.getAsLong() == value) {
            return false;
        }
        try {
            if (namespace.isPresent()) {
                namespace.get().sysctl(name, Long.toString(value));
            } else {
                Files.writeString(PROC_SYS.resolve(name), Long.toString(value));
            }
            return true;
        } catch (IOException e) {
            throw new IOException("sysctl " + name + ": cannot be set to " + value + ": " + e.getMessage(), e);
        }
    }
}
