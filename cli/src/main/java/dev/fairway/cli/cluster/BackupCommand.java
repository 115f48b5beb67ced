package dev.fairway.cli.cluster;

import dev.fairway.cli.UserError;
import dev.fairway.cluster.ClusterDirectory;
import dev.fairway.store.Backup;
import dev.fairway.store.EtcdOptions;
import dev.fairway.store.EtcdStore;
import dev.fairway.store.SqliteStore;
import dev.fairway.store.StoreException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fairway backup}: all objects of a cluster, at one moment, in a file. */
@Command(
        name = "backup",
        description = {"Save all objects of a cluster, as they are at one moment, while it runs or stopped.",
            "Secrets are in the file as they are; it is readable by its owner alone."},
        mixinStandardHelpOptions = true,
        footer = {"", "Exit codes: 0 saved, 1 failed (then there is no file), 2 wrong usage."})
public final class BackupCommand implements Callable<Integer> {
    @Mixin
    private ClusterOptions cluster;

    @Mixin
    private EtcdFlags etcd;

    @Option(names = "--overwrite", description = "replace FILE where there is one")
    private boolean overwrite;

    @Option(names = {"-o", "--output"}, defaultValue = "text", description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private BackupReport.Output output;

    @Parameters(paramLabel = "FILE", description = "where to")
    private Path file;

    @Override
    public Integer call() throws IOException {
        Path target = file.toAbsolutePath();
        if (!overwrite && Files.exists(target)) {
            throw new UserError(file + " exists; give another name, or --overwrite");
        }
        Path temporary = Files.createTempFile(target.getParent(), ".backup", "",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Backup.Summary summary;
            try (OutputStream out = Files.newOutputStream(temporary)) {
                summary = write(out);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            BackupReport.print(output, "saved", file, summary);
            return 0;
        } catch (StoreException e) {
            throw new UserError(e.getMessage(), e);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private Backup.Summary write(OutputStream out) throws IOException {
        Optional<EtcdOptions> options = etcd.options();
        if (options.isPresent()) {
            try (EtcdStore store = EtcdStore.open(options.get())) {
                return Backup.write(store, out);
            }
        }
        ClusterDirectory directory = cluster.directory();
        if (!Files.exists(directory.database())) {
            throw new UserError("cluster \"" + cluster.name() + "\" has no objects in " + directory.database()
                    + "; one that keeps them in etcd needs --etcd-servers");
        }
        return SqliteStore.backup(directory.database(), out);
    }
}
