package dev.fairway.node.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Finds programs as execvp(3) does. */
final class Executables {
    private static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private Executables() {}

    /**
     * The file of a program.
     *
     * @param program a path, taken from {@code directory} if relative, or a name to be looked for
     * @param path directories with colons between, as in {@code $PATH}; null for the usual ones
     * @throws IOException if there is none, in the words that container runtimes have for it
     */
    static Path find(String program, Path directory, String path) throws IOException {
        if (program.contains("/")) {
            Path file = directory.resolve(program);
            if (!runnable(file)) {
                throw new IOException("exec: \"" + program + "\": stat " + program + ": no such file or directory");
            }
            return file;
        }
        return Arrays.stream((path == null ? DEFAULT_PATH : path).split(":"))
                .map(each -> directory.resolve(each).resolve(program))
                .filter(Executables::runnable)
                .findFirst()
                .orElseThrow(() -> new IOException("exec: \"" + program + "\": executable file not found in $PATH"));
    }

    private static boolean runnable(Path file) {
        return Files.isExecutable(file) && !Files.isDirectory(file);
    }
}
