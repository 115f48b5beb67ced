package dev.fairway.apiserver.authn;

import dev.fairway.apiserver.tls.Pem;
import dev.fairway.apiserver.tls.Pki;
import dev.fairway.kube.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * The keys of ServiceAccount tokens, in the PKI directory: {@code sa.key} (PKCS #8) signs, {@code sa.pub} and every
 * {@code sa-*.pub} verify. To change the key, rename {@code sa.pub} to {@code sa-old.pub}, remove {@code sa.key} and
 * restart; tokens signed before stay valid.
 */
final class SigningKeys {
    private final PrivateKey signing;
    private final String signingId;
    private final Map<String, PublicKey> verifying;

    private SigningKeys(PrivateKey signing, String signingId, Map<String, PublicKey> verifying) {
        this.signing = signing;
        this.signingId = signingId;
        this.verifying = verifying;
    }

    /**
     * Opens the keys, and makes a pair on P-256 where there is none.
     *
     * @throws UncheckedIOException  when the directory cannot be read or written
     * @throws IllegalStateException when a file in it is damaged
     */
    static SigningKeys open(Path directory) {
        try {
            Path privateFile = directory.resolve("sa.key");
            Path publicFile = directory.resolve("sa.pub");
            if (!Files.exists(privateFile) || !Files.exists(publicFile)) {
                KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
                generator.initialize(new ECGenParameterSpec("secp256r1"));
                KeyPair pair = generator.generateKeyPair();
                Pki.writePrivate(publicFile, Pem.block("PUBLIC KEY", pair.getPublic().getEncoded()));
                Pki.writePrivate(privateFile, Pem.of(pair.getPrivate()));
            }
            Map<String, PublicKey> verifying = new TreeMap<>();
            try (Stream<Path> files = Files.list(directory)) {
                for (Path file : files.filter(each -> each.getFileName().toString().matches("sa(-.+)?\\.pub")).toList()) {
                    PublicKey key = publicKey(file);
                    verifying.put(id(key), key);
                }
            }
            return new SigningKeys(privateKey(privateFile), id(publicKey(publicFile)), verifying);
        } catch (IOException e) {
            throw new UncheckedIOException("keys of service account tokens in " + directory, e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("P-256 is missing from this JDK", e);
        }
    }

    String sign(ObjectNode claims) {
        return JsonWebSignature.sign(claims, signingId, signing);
    }

    /** The claims of a token that one of the keys has signed. */
    Optional<ObjectNode> verify(String token) {
        return JsonWebSignature.parse(token).filter(parsed -> {
            PublicKey named = verifying.get(parsed.keyId());
            return named != null ? parsed.isSignedBy(named) : verifying.values().stream().anyMatch(parsed::isSignedBy);
        }).map(JsonWebSignature.Unverified::claims);
    }

    /** The public keys as a JSON Web Key Set (RFC 7517), for {@code /openid/v1/jwks}. */
    ObjectNode toJwks() {
        ObjectNode set = Json.object();
        var keys = set.putArray("keys");
        verifying.forEach((id, key) -> {
            ObjectNode jwk = keys.addObject().put("use", "sig").put("kid", id).put("alg", JsonWebSignature.algorithmFor(key));
            switch (key) {
                case ECPublicKey ec -> jwk.put("kty", "EC").put("crv", "P-256")
                        .put("x", number(ec.getW().getAffineX(), 32)).put("y", number(ec.getW().getAffineY(), 32));
                case RSAPublicKey rsa -> jwk.put("kty", "RSA")
                        .put("n", number(rsa.getModulus(), 0)).put("e", number(rsa.getPublicExponent(), 0));
                default -> throw new IllegalStateException("a key of a sort that is never read: " + key.getAlgorithm());
            }
        });
        return set;
    }

    /** Unsigned, big-endian, of {@code length} bytes or as short as possible. */
    private static String number(BigInteger value, int length) {
        byte[] bytes = value.toByteArray();
        int from = bytes[0] == 0 && bytes.length > 1 ? 1 : 0;
        int size = Math.max(length, bytes.length - from);
        byte[] fixed = new byte[size];
        System.arraycopy(bytes, from, fixed, size - (bytes.length - from), bytes.length - from);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(fixed);
    }

    private static String id(PublicKey key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("SHA-256 is missing from this JDK", e);
        }
    }

    private static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
        var spec = new PKCS8EncodedKeySpec(der(file));
        try {
            return KeyFactory.getInstance("EC").generatePrivate(spec);
        } catch (InvalidKeySpecException notEc) {
            try {
                return KeyFactory.getInstance("RSA").generatePrivate(spec);
            } catch (InvalidKeySpecException e) {
                throw new IllegalStateException(file + " holds no RSA or EC key in PKCS #8", e);
            }
        }
    }

    private static PublicKey publicKey(Path file) throws IOException, GeneralSecurityException {
        var spec = new X509EncodedKeySpec(der(file));
        try {
            return KeyFactory.getInstance("EC").generatePublic(spec);
        } catch (InvalidKeySpecException notEc) {
            try {
                return KeyFactory.getInstance("RSA").generatePublic(spec);
            } catch (InvalidKeySpecException e) {
                throw new IllegalStateException(file + " holds no RSA or EC public key", e);
            }
        }
    }

    private static byte[] der(Path file) throws IOException {
        try {
            return Base64.getMimeDecoder().decode(Files.readString(file).replaceAll("-----[A-Z ]+-----", ""));
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(file + " is not in PEM", e);
        }
    }
}
