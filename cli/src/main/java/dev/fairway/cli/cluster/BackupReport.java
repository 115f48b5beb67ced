package dev.fairway.cli.cluster;

import dev.fairway.kube.Json;
import dev.fairway.store.Backup;
import java.nio.file.Path;
import java.util.Locale;

/** What {@code backup} and {@code restore} say when they are done. */
final class BackupReport {
    enum Output {
        text,
        json
    }

    private BackupReport() {}

    static void print(Output output, String done, Path file, Backup.Summary summary) {
        switch (output) {
            case json -> System.out.println(Json.object().put("file", file.toString()).put("entries", summary.entries())
                    .put("revision", summary.revision()));
            case text -> System.out.printf(Locale.ROOT, "%s %d entries of revision %d: %s%n", done, summary.entries(),
                    summary.revision(), file);
        }
    }
}
