package dev.fairway.cli.cluster;

import dev.fairway.cli.UserError;
import dev.fairway.store.EtcdOptions;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** Where etcd is and how to reach it: the flags of kube-apiserver. */
public final class EtcdFlags {
    private static final String SERVERS = "--etcd-servers";
    private static final String AUTHORITY = "--etcd-cafile";
    private static final String CERTIFICATE = "--etcd-certfile";
    private static final String KEY = "--etcd-keyfile";
    private static final String PREFIX = "--etcd-prefix";

    @Option(names = SERVERS, split = ",", paramLabel = "URL",
            description = "of a cluster that keeps its objects in etcd: the client URLs of its members")
    private List<URI> servers = List.of();

    @Option(names = AUTHORITY, paramLabel = "FILE",
            description = "the authority that signed the certificates of etcd's members, in PEM (default: those that the system trusts)")
    private Path authority;

    @Option(names = CERTIFICATE, paramLabel = "FILE", description = "a client certificate for etcd, in PEM")
    private Path certificate;

    @Option(names = KEY, paramLabel = "FILE", description = "its private key, in PEM")
    private Path key;

    @Option(names = PREFIX, paramLabel = "PREFIX", defaultValue = EtcdOptions.PREFIX,
            description = "what all keys in etcd begin with (default: ${DEFAULT-VALUE})")
    private String prefix;

    /** What the flags say; empty if there are none. */
    public Optional<EtcdOptions> options() {
        if (servers.isEmpty()) {
            if (authority != null || certificate != null || key != null) {
                throw new UserError((authority != null ? AUTHORITY : certificate != null ? CERTIFICATE : KEY) + " needs " + SERVERS);
            }
            return Optional.empty();
        }
        if ((certificate == null) != (key == null)) {
            throw new UserError(CERTIFICATE + " and " + KEY + " are given together or not at all");
        }
        requireReadable(AUTHORITY, authority);
        requireReadable(CERTIFICATE, certificate);
        requireReadable(KEY, key);
        try {
            EtcdOptions options = EtcdOptions.of(servers).withPrefix(prefix);
            return Optional.of(authority == null && certificate == null ? options : options.withTls(new EtcdOptions.Tls(
                    Optional.ofNullable(authority), Optional.ofNullable(certificate), Optional.ofNullable(key))));
        } catch (IllegalArgumentException e) {
            throw new UserError(e.getMessage(), e);
        }
    }

    private static void requireReadable(String flag, Path file) {
        if (file != null && !Files.isReadable(file)) {
            throw new UserError(flag + ": " + file + " cannot be read");
        }
    }

    /** The same flags for another process of ours. */
    List<String> flags() {
        List<String> flags = new ArrayList<>();
        if (!servers.isEmpty()) {
            flags.addAll(List.of(SERVERS, servers.stream().map(URI::toString).collect(Collectors.joining(",")), PREFIX, prefix));
        }
        add(flags, AUTHORITY, authority);
        add(flags, CERTIFICATE, certificate);
        add(flags, KEY, key);
        return flags;
    }

    private static void add(List<String> flags, String flag, Path file) {
        if (file != null) {
            flags.addAll(List.of(flag, file.toString()));
        }
    }
}
