package dev.fairway.cli.cluster;

import dev.fairway.cli.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What a command needs of the machine, checked before anything is made. */
public final class Root {
    private static final Map<String, String> PACKAGES = Map.of(
            "iptables-restore", "iptables", "iptables-save", "iptables", "nsenter", "util-linux", "kubectl", "kubernetes-client");

    private Root() {}

    /** Fails unless this process is root. */
    public static void require(String command) {
        if (!"root".equals(System.getProperty("user.name"))) {
            throw new UserError(command + " needs root, because it works in network namespaces; try: sudo ./fairway "
                    + command.substring(command.indexOf(' ') + 1));
        }
    }

    /** Fails unless every tool is on the PATH; says which Debian package brings the missing one. */
    public static void requireTools(List<String> tools) {
        List<Path> path = Stream.of(System.getenv().getOrDefault("PATH", "").split(":")).map(Path::of).toList();
        for (String tool : tools) {
            if (path.stream().noneMatch(directory -> Files.isExecutable(directory.resolve(tool)))) {
                throw new UserError("\"" + tool + "\" is not on the PATH; Debian's package "
                        + PACKAGES.getOrDefault(tool, tool) + " brings it");
            }
        }
    }
}
