package dev.fairway.cli.cluster;

import dev.fairway.cli.UserError;
import dev.fairway.cluster.ClusterDirectory;
import dev.fairway.store.Backup;
import dev.fairway.store.EtcdOptions;
import dev.fairway.store.EtcdStore;
import dev.fairway.store.SqliteStore;
import dev.fairway.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fairway restore}: makes the objects of a cluster that is not there from a file of {@code fairway backup}. */
@Command(
        name = "restore",
        description = {"Bring back the objects of a backup, for a cluster that is not up and has none; then: fairway up.",
            "The file is checked to its end first; of a damaged one nothing is taken."},
        mixinStandardHelpOptions = true,
        footer = {"", "Exit codes: 0 restored, 1 failed, 2 wrong usage."})
public final class RestoreCommand implements Callable<Integer> {
    @Mixin
    private ClusterOptions cluster;

    @Mixin
    private EtcdFlags etcd;

    @Option(names = {"-o", "--output"}, defaultValue = "text", description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private BackupReport.Output output;

    @Parameters(paramLabel = "FILE", description = "what fairway backup has written")
    private Path file;

    @Override
    public Integer call() throws IOException {
        ClusterDirectory directory = cluster.directory();
        if (directory.exists() && directory.running()) {
            throw new UserError("cluster \"" + cluster.name() + "\" is up; stop it first: " + cluster.command("down"));
        }
        try {
            Optional<EtcdOptions> options = etcd.options();
            Backup.Summary whole = check();
            try (InputStream in = Files.newInputStream(file)) {
                BackupReport.print(output, "restored", file, options.isPresent()
                        ? EtcdStore.restore(in, whole.revision(), options.get()) : restore(in, directory));
            }
            return 0;
        } catch (NoSuchFileException e) {
            throw new UserError(file + ": there is no such file", e);
        } catch (StoreException | IOException e) {
            throw new UserError(file + ": " + e.getMessage(), e);
        }
    }

    /** Before anything is made or written: whether the file is whole. */
    private Backup.Summary check() throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return Backup.read(in, entry -> { });
        }
    }

    private static Backup.Summary restore(InputStream in, ClusterDirectory directory) throws IOException {
        directory.create();
        return SqliteStore.restore(in, directory.database());
    }
}
