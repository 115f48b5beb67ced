package dev.fairway.node.network;

import dev.fairway.netlink.netns.NetworkNamespace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/** The processes of this machine that are in a network namespace, whoever their parents are by now. */
public final class NamespaceProcesses {
    private static final Path PROC = Path.of("/proc");

    private NamespaceProcesses() {}

    /** Ends all of them at once. */
    public static void kill(NetworkNamespace namespace) throws IOException {
        in(namespace).forEach(ProcessHandle::destroyForcibly);
    }

    /**
     * Ends those at once that were given a variable.
     *
     * @param assignment as it is in their environment: {@code NAME=value}, or {@code NAME=} for any value
     */
    public static void kill(NetworkNamespace namespace, String assignment) throws IOException {
        in(namespace).filter(process -> has(process, assignment)).forEach(ProcessHandle::destroyForcibly);
    }

    private static Stream<ProcessHandle> in(NetworkNamespace namespace) throws IOException {
        Path link = Path.of("net:[" + Files.getAttribute(namespace.path(), "unix:ino") + "]");
        return ProcessHandle.allProcesses()
                .filter(process -> process.pid() != ProcessHandle.current().pid())
                .filter(process -> of(process).filter(link::equals).isPresent());
    }

    /** Empty for a process that has just ended, and for a thread of the kernel. */
    private static Optional<Path> of(ProcessHandle process) {
        try {
            return Optional.of(Files.readSymbolicLink(PROC.resolve(process.pid() + "/ns/net")));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static boolean has(ProcessHandle process, String assignment) {
        try {
            String environment = new String(Files.readAllBytes(PROC.resolve(process.pid() + "/environ")), StandardCharsets.UTF_8);
            return Arrays.stream(environment.split("\0"))
                    .anyMatch(each -> assignment.endsWith("=") ? each.startsWith(assignment) : each.equals(assignment));
        } catch (IOException e) {
            return false;
        }
    }
}
