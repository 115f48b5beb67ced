package dev.fairway.kube.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PemTest {
    @TempDir
    Path folder;

    /** OpenSSL writes the old forms that kubeadm and k3s still put into their files. */
    @ParameterizedTest
    @CsvSource({"genrsa -traditional -out KEY 2048,RSA", "genrsa -out KEY 2048,RSA",
            "ecparam -name prime256v1 -genkey -noout -out KEY,EC", "ecparam -name secp384r1 -genkey -out KEY,EC",
            "genpkey -algorithm ed25519 -out KEY,EdDSA"})
    void readsWhatOpensslWrites(String arguments, String algorithm) throws Exception {
        Path key = folder.resolve("key");
        Path pkcs8 = folder.resolve("pkcs8");
        openssl(arguments.replace("KEY", key.toString()));
        openssl("pkcs8 -topk8 -nocrypt -outform DER -in " + key + " -out " + pkcs8);
        PrivateKey read = Pem.privateKey(Files.readAllBytes(key));
        assertEquals(algorithm, read.getAlgorithm());
        assertEquals(secret(Pem.privateKey(KeyTool.pem("PRIVATE KEY", Files.readAllBytes(pkcs8)))), secret(read));
    }

    private static Object secret(PrivateKey key) {
        return switch (key) {
            case RSAPrivateKey rsa -> rsa.getPrivateExponent();
            case ECPrivateKey ec -> ec.getS();
            default -> HexFormat.of().formatHex(key.getEncoded());
        };
    }

    private static void openssl(String arguments) throws Exception {
        Process process = new ProcessBuilder(("openssl " + arguments).split(" "))
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        process.waitFor(30, TimeUnit.SECONDS);
        assertEquals(0, process.exitValue(), arguments);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nothing", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----",
            "-----BEGIN EC PRIVATE KEY-----\nMIAA\n-----END EC PRIVATE KEY-----",
            "-----BEGIN EC PRIVATE KEY-----\nMAMCAQE=\n-----END EC PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----\nMAMCAQE=\n-----END PRIVATE KEY-----",
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAMCAQE=\n-----END ENCRYPTED PRIVATE KEY-----"})
    void refusesWhatIsNoKey(String pem) {
        assertThrows(GeneralSecurityException.class, () -> Pem.privateKey(pem.getBytes()));
    }

    @Test
    void readsAChainInOrder() throws Exception {
        KeyTool one = KeyTool.make(folder, "one", "EC");
        KeyTool two = KeyTool.make(folder, "two", "EC");
        byte[] both = (new String(one.certificatePem().read()) + "noise\n" + new String(two.certificatePem().read()))
                .getBytes();
        assertArrayEquals(new Object[] {one.certificate(), two.certificate()}, Pem.certificates(both).toArray());
        assertThrows(GeneralSecurityException.class, () -> Pem.certificates(new byte[0]));
    }
}
