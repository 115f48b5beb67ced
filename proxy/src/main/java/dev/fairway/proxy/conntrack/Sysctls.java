package dev.fairway.proxy.conntrack;

import dev.fairway.netlink.netns.NetworkNamespace;
import java.io.IOException;
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

    /** The number that a setting has; empty if the kernel does not know the setting. */
    public OptionalLong get(String name) throws IOException {
        try {
            String text = namespace.isPresent()
                    ? namespace.get().sysctl(name)
                    : Files.readString(PROC_SYS.resolve(name)).strip();
            return OptionalLong.of(Long.parseLong(text));
        } catch (NoSuchFileException e) {
            return OptionalLong.empty();
        } catch (NumberFormatException e) {
            throw new IOException("sysctl " + name + ": not a number", e);
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
