package dev.fairway.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the driver unpacks SQLite's native library: in the store's own directory, as a process that is killed leaves
 * it behind, and nobody would ever sweep it out of {@code /tmp}.
 */
final class SqliteLibrary {
    /** Read by the driver when it first connects: where to unpack, and where it is unpacked already. */
    private static final String PROPERTY = "org.sqlite.tmpdir";
    private static final String UNPACKED = "org.sqlite.lib.path";

    private SqliteLibrary() {
    }

    /** Says where to unpack, unless somebody has said so, and removes what a killed process left there. */
    static void unpackIn(Path directory) throws IOException {
        if (System.getProperty(PROPERTY) != null || System.getProperty(UNPACKED) != null) {
            return;
        }
        try (var left = Files.newDirectoryStream(directory, "sqlite-*-libsqlitejdbc.so*")) {
            for (Path file : left) {
                Files.deleteIfExists(file);
            }
        }
        System.setProperty(PROPERTY, directory.toAbsolutePath().toString());
    }
}
