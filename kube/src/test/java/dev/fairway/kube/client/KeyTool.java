package dev.fairway.kube.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Self-signed certificates from the JDK's own tool. */
record KeyTool(KeyStore store) {
    static final char[] PASSWORD = "changeit".toCharArray();
    private static final String ALIAS = "it";

    static KeyTool make(Path folder, String name, String algorithm, String... names) throws Exception {
        Path file = folder.resolve(name + ".p12");
        List<String> command = new java.util.ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias", ALIAS,
                "-keyalg", algorithm, "-dname", "CN=" + name, "-validity", "2", "-storetype", "PKCS12",
                "-keystore", file.toString(), "-storepass", new String(PASSWORD)));
        if (names.length > 0) {
            command.addAll(List.of("-ext", "san=" + String.join(",", names)));
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor(30, TimeUnit.SECONDS);
        assertEquals(0, process.exitValue(), output);
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        return new KeyTool(store);
    }

    Certificate certificate() throws Exception {
        return store.getCertificate(ALIAS);
    }

    PemSource certificatePem() throws Exception {
        return new PemSource.Inline(pem("CERTIFICATE", certificate().getEncoded()));
    }

    byte[] keyDer() throws Exception {
        return store.getKey(ALIAS, PASSWORD).getEncoded();
    }

    PemSource keyPem() throws Exception {
        return new PemSource.Inline(pem("PRIVATE KEY", keyDer()));
    }

    static byte[] pem(String label, byte[] der) {
        String text = "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END " + label + "-----\n";
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
