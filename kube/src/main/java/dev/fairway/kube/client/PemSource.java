package dev.fairway.kube.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a certificate or key comes from: given in place, or a file that may be renewed. */
public sealed interface PemSource {
    /** The PEM bytes now. */
    byte[] read() throws IOException;

    /** PEM bytes from the configuration itself. */
    record Inline(byte[] pem) implements PemSource {
        @Override
        public byte[] read() {
            return pem;
        }

        /** Length only: it may be a key. */
        @Override
        public String toString() {
            return "Inline[" + pem.length + " bytes]";
        }
    }

    /** A PEM file, read anew each time. */
    record InFile(Path file) implements PemSource {
        @Override
        public byte[] read() throws IOException {
            return Files.readAllBytes(file);
        }
    }
}
