package dev.fairway.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import java.util.zip.CRC32;

/** The process that {@link SqliteCrashTest} kills: writes as fast as it can and prints what was acknowledged. */
final class CrashWriter {

    private static final int WRITERS = 8;

    private CrashWriter() {}

    /**
     * @param args directory, seed, and the revision up to which history may be forgotten
     */
    public static void main(String[] args) throws InterruptedException {
        Store store = SqliteStore.open(Path.of(args[0]));
        long seed = Long.parseLong(args[1]);
        long forget = Long.parseLong(args[2]);
        System.out.println("open " + store.revision());
        for (int i = 0; i < WRITERS; i++) {
            Random random = new Random(seed * WRITERS + i);
            String space = "/k" + i + "/";
            Thread.ofPlatform().start(() -> writeForEver(store, space, random));
        }
        if (forget > store.compactedRevision()) {
            store.compact(forget);
        }
        // Lives until it is killed, or until its parent has died and closed the pipe.
        try {
            while (System.in.read() >= 0) {
                continue;
            }
        } catch (IOException e) {
            System.err.println(e);
        }
        Runtime.getRuntime().halt(3);
    }

    private static void writeForEver(Store store, String space, Random random) {
        while (true) {
            String key = space + random.nextInt(50);
            Optional<Entry> now = store.get(key);
            if (now.isEmpty()) {
                acknowledged("PUT", store.create(key, value(key, random)));
            } else if (random.nextInt(4) == 0) {
                long revision = store.delete(key, now.get().modRevision());
                acknowledged("DELETE", new Entry(key, new byte[0], 0, revision));
            } else {
                acknowledged("PUT", store.update(key, value(key, random), now.get().modRevision()));
            }
        }
    }

    private static void acknowledged(String type, Entry entry) {
        PrintStream out = System.out;
        synchronized (out) {
            out.println(type + " " + entry.modRevision() + " " + entry.key() + " " + checksum(entry.value()));
            out.flush();
        }
    }

    /** A value of 20 to 8,000 bytes that says itself whether it is whole. */
    private static byte[] value(String key, Random random) {
        StringBuilder text = new StringBuilder(key).append(' ').append(random.nextLong()).append(' ');
        text.repeat('x', random.nextInt(20) == 0 ? 8_000 : random.nextInt(300));
        return (text + " " + checksum(text.toString().getBytes(UTF_8))).getBytes(UTF_8);
    }

    static boolean isWhole(Entry entry) {
        String text = new String(entry.value(), UTF_8);
        int cut = text.lastIndexOf(' ');
        return text.startsWith(entry.key() + " ")
                && text.substring(cut + 1).equals("" + checksum(text.substring(0, cut).getBytes(UTF_8)));
    }

    static long checksum(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return crc.getValue();
    }
}
