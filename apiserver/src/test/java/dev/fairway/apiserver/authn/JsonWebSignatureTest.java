package dev.fairway.apiserver.authn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.kube.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class JsonWebSignatureTest {

    private static final ObjectNode CLAIMS = Json.object().put("sub", "somebody").put("exp", 1);

    private static KeyPair keys(String algorithm) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        if (algorithm.equals("EC")) {
            generator.initialize(new ECGenParameterSpec("secp256r1"));
        } else {
            generator.initialize(2048);
        }
        return generator.generateKeyPair();
    }

    @ParameterizedTest
    @ValueSource(strings = {"EC", "RSA"})
    void whatOneKeySignsItVerifiesAndNoOtherDoes(String algorithm) throws Exception {
        KeyPair pair = keys(algorithm);
        String token = JsonWebSignature.sign(CLAIMS, "id", pair.getPrivate());
        var parsed = JsonWebSignature.parse(token).orElseThrow();
        assertEquals(algorithm.equals("EC") ? "ES256" : "RS256", parsed.algorithm());
        assertEquals("id", parsed.keyId());
        assertEquals(CLAIMS, parsed.claims());
        assertTrue(parsed.isSignedBy(pair.getPublic()));
        assertFalse(parsed.isSignedBy(keys(algorithm).getPublic()));
        assertFalse(parsed.isSignedBy(keys(algorithm.equals("EC") ? "RSA" : "EC").getPublic()));
    }

    @Test
    void noBitOfATokenMayChange() throws Exception {
        KeyPair pair = keys("EC");
        String token = JsonWebSignature.sign(CLAIMS, "id", pair.getPrivate());
        int checked = 0;
        for (int i = 0; i < token.length(); i++) {
            String changed = token.substring(0, i) + (token.charAt(i) == 'A' ? 'B' : 'A') + token.substring(i + 1);
            Optional<JsonWebSignature.Unverified> parsed = JsonWebSignature.parse(changed);
            // The last character of a part may hold bits that decode to nothing.
            boolean padding = i + 1 == token.length();
            assertTrue(padding || parsed.isEmpty() || !parsed.get().isSignedBy(pair.getPublic()), "character " + i);
            checked++;
        }
        assertTrue(checked > 100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a.b", "a.b.c", "..", "e30.e30.", "e30.e30.!!", "e30.W10.AA", "bnVsbA.e30.AA"})
    void whatIsNoTokenIsNoError(String text) throws Exception {
        KeyPair pair = keys("EC");
        assertFalse(JsonWebSignature.parse(text).filter(parsed -> parsed.isSignedBy(pair.getPublic())).isPresent());
    }

    @Test
    void anUnsignedTokenIsRefused() throws Exception {
        String header = Base64.getUrlEncoder().withoutPadding().encodeToString("{\"alg\":\"none\"}".getBytes());
        String claims = Base64.getUrlEncoder().withoutPadding().encodeToString(Json.bytes(CLAIMS));
        var parsed = JsonWebSignature.parse(header + "." + claims + ".").orElseThrow();
        assertFalse(parsed.isSignedBy(keys("EC").getPublic()));
        assertFalse(parsed.isSignedBy(keys("RSA").getPublic()));
    }

    @Test
    void keysAreMadeOnceAndKeptPrivate(@TempDir Path directory) throws Exception {
        String token = SigningKeys.open(directory).sign(CLAIMS);
        assertEquals(Optional.of(CLAIMS), SigningKeys.open(directory).verify(token));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("sa.key"))));
    }

    @Test
    void tokensSurviveAChangeOfTheKey(@TempDir Path directory) throws Exception {
        String old = SigningKeys.open(directory).sign(CLAIMS);
        Files.move(directory.resolve("sa.pub"), directory.resolve("sa-old.pub"));
        Files.delete(directory.resolve("sa.key"));
        SigningKeys changed = SigningKeys.open(directory);
        assertEquals(Optional.of(CLAIMS), changed.verify(old));
        assertEquals(Optional.of(CLAIMS), changed.verify(changed.sign(CLAIMS)));
        assertEquals(2, changed.toJwks().path("keys").size());
        Files.delete(directory.resolve("sa-old.pub"));
        assertEquals(Optional.empty(), SigningKeys.open(directory).verify(old));
    }

    @Test
    void thePublicKeysAreShownAsJwks(@TempDir Path directory) {
        ObjectNode key = (ObjectNode) SigningKeys.open(directory).toJwks().path("keys").get(0);
        assertEquals("EC", key.path("kty").asString());
        assertEquals("ES256", key.path("alg").asString());
        assertEquals(32, Base64.getUrlDecoder().decode(key.path("x").asString()).length);
        assertEquals(32, Base64.getUrlDecoder().decode(key.path("y").asString()).length);
    }

    @Test
    void aDamagedKeyIsNamed(@TempDir Path directory) throws Exception {
        SigningKeys.open(directory);
        Files.writeString(directory.resolve("sa.key"), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        assertTrue(assertThrows(IllegalStateException.class, () -> SigningKeys.open(directory)).getMessage().contains("sa.key"));
    }
}
