package dev.fairway.cli.proxy;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Arrays;

/**
 * Tells when a configuration file's content is no longer what was read. It watches the file's folder, so that a file that
 * is replaced is noticed, and a ConfigMap's, which changes by a symbolic link beside it.
 */
final class ConfigFileWatch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ConfigFileWatch.class.getName());

    private final Path file;
    private final byte[] content;
    private final Runnable onChange;
    private final WatchService service;

    ConfigFileWatch(Path file, Runnable onChange) throws IOException {
        this.file = file.toAbsolutePath();
        this.content = Files.readAllBytes(file);
        this.onChange = onChange;
        this.service = FileSystems.getDefault().newWatchService();
        this.file.getParent().register(service, StandardWatchEventKinds.ENTRY_CREATE,
                StandardWatchEventKinds.ENTRY_MODIFY, StandardWatchEventKinds.ENTRY_DELETE);
        Thread.ofVirtual().name("config-file").start(this::run);
    }

    private void run() {
        try {
            while (true) {
                WatchKey key = service.take();
                key.pollEvents();
                if (changed()) {
                    onChange.run();
                    return;
                }
                key.reset();
            }
        } catch (InterruptedException | java.nio.file.ClosedWatchServiceException e) {
            LOG.log(Level.TRACE, "{0} is no longer watched", file);
        }
    }

    /** A file that is gone is on its way to be replaced, and is read when it is back. */
    private boolean changed() {
        try {
            return !Arrays.equals(content, Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the configuration file cannot be read: {0}", e.toString());
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        service.close();
    }
}
