package dev.fairway.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * A store's snapshot as a file: all entries of one revision, from any sort of store and for any sort of store.
 *
 * <p>Format, big-endian: the eight bytes {@code FWBACKUP}, int version 1, long revision; per entry a byte 1, int and
 * bytes of the key (UTF-8), int and bytes of the value, long create revision, long modification revision; then a byte
 * 0, long number of entries, and the CRC-32C of all before it as a long.
 */
public final class Backup {

    private static final byte[] MAGIC = "FWBACKUP".getBytes(UTF_8);
    private static final int VERSION = 1;
    private static final int PAGE = 500;
    /** Revisions left out after a restore: more than a cluster makes between two backups. */
    static final long REVISION_GAP = 1_000_000;
    /** How many writes wait for the medium at a time while a backup is restored. */
    private static final int WRITERS = 32;
    /** Largest key or value that is believed, in bytes. */
    private static final int MAX_LENGTH = 64 << 20;

    private Backup() {}

    /**
     * What a backup holds.
     *
     * @param revision the snapshot's revision
     * @param entries  how many entries it has
     */
    public record Summary(long revision, long entries) {}

    /** Takes the entries of a backup, in key order. */
    @FunctionalInterface
    public interface Target {
        /** One entry with the revisions that it had. */
        void accept(Entry entry);
    }

    /**
     * Writes a consistent snapshot while the store goes on.
     *
     * @throws IOException    when {@code out} cannot be written
     * @throws StoreException when the store cannot be read, or its history is compacted faster than it is written out
     */
    public static Summary write(Store store, OutputStream out) throws IOException {
        long revision = store.revision();
        Writer writer = new Writer(out, revision);
        String next = "";
        boolean more = true;
        while (more) {
            Page page = store.list("", next, PAGE, revision);
            for (Entry entry : page.entries()) {
                writer.add(entry);
                next = entry.key() + "\0";
            }
            more = page.more();
        }
        return writer.finish();
    }

    /** Writes entries that are a snapshot already. */
    static Summary write(long revision, Iterable<Entry> entries, OutputStream out) throws IOException {
        Writer writer = new Writer(out, revision);
        for (Entry entry : entries) {
            writer.add(entry);
        }
        return writer.finish();
    }

    private static final class Writer {
        private final CheckedOutputStream checked;
        private final DataOutputStream data;
        private final long revision;
        private long count;

        Writer(OutputStream out, long revision) throws IOException {
            this.checked = new CheckedOutputStream(new BufferedOutputStream(out, 1 << 16), new CRC32C());
            this.data = new DataOutputStream(checked);
            this.revision = revision;
            data.write(MAGIC);
            data.writeInt(VERSION);
            data.writeLong(revision);
        }

        void add(Entry entry) throws IOException {
            writeEntry(data, entry);
            count++;
        }

        Summary finish() throws IOException {
            data.writeByte(0);
            data.writeLong(count);
            data.writeLong(checked.getChecksum().getValue());
            data.flush();
            return new Summary(revision, count);
        }
    }

    private static void writeEntry(DataOutputStream data, Entry entry) throws IOException {
        byte[] key = entry.key().getBytes(UTF_8);
        data.writeByte(1);
        data.writeInt(key.length);
        data.write(key);
        data.writeInt(entry.value().length);
        data.write(entry.value());
        data.writeLong(entry.createRevision());
        data.writeLong(entry.modRevision());
    }

    /**
     * Reads a backup and checks it to its end; what {@code target} has taken is worth nothing if this throws.
     *
     * @throws IOException when {@code in} cannot be read, is no backup, is cut off or damaged
     */
    public static Summary read(InputStream in, Target target) throws IOException {
        CheckedInputStream checked = new CheckedInputStream(new BufferedInputStream(in, 1 << 16), new CRC32C());
        DataInputStream data = new DataInputStream(checked);
        try {
            byte[] magic = data.readNBytes(MAGIC.length);
            if (!Arrays.equals(magic, MAGIC)) {
                throw new IOException("not a backup of a Fairway store");
            }
            int version = data.readInt();
            if (version != VERSION) {
                throw new IOException("backup of format version " + version + ", this program knows " + VERSION);
            }
            long revision = data.readLong();
            long count = 0;
            while (data.readByte() == 1) {
                target.accept(readEntry(data));
                count++;
            }
            if (data.readLong() != count) {
                throw new IOException("the backup is damaged: its number of entries differs");
            }
            long sum = checked.getChecksum().getValue();
            if (data.readLong() != sum) {
                throw new IOException("the backup is damaged: its checksum differs");
            }
            return new Summary(revision, count);
        } catch (EOFException e) {
            throw new IOException("the backup is cut off", e);
        }
    }

    private static Entry readEntry(DataInputStream data) throws IOException {
        String key = new String(readBytes(data), UTF_8);
        byte[] value = readBytes(data);
        return new Entry(key, value, data.readLong(), data.readLong());
    }

    private static byte[] readBytes(DataInputStream data) throws IOException {
        int length = data.readInt();
        if (length < 0 || length > MAX_LENGTH) {
            throw new IOException("the backup is damaged: a length of " + length);
        }
        byte[] bytes = data.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return bytes;
    }

    /**
     * Creates the entries of a backup in an empty store of any sort, with new revisions.
     *
     * @throws StoreException when the store is not empty, or cannot be written
     * @throws IOException    as {@link #read}; the store then holds a part and must be thrown away
     */
    public static Summary restore(InputStream in, Store store) throws IOException {
        if (store.count("") > 0) {
            throw new StoreException("a backup is restored into an empty store only");
        }
        Semaphore free = new Semaphore(WRITERS);
        AtomicReference<StoreException> failure = new AtomicReference<>();
        Summary summary;
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            summary = read(in, entry -> {
                free.acquireUninterruptibly();
                if (failure.get() != null) {
                    throw failure.get();
                }
                executor.execute(() -> {
                    try {
                        store.create(entry.key(), entry.value());
                    } catch (StoreException e) {
                        failure.compareAndSet(null, e);
                    } finally {
                        free.release();
                    }
                });
            });
        }
        if (failure.get() != null) {
            throw failure.get();
        }
        return summary;
    }
}
