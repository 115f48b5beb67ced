package dev.fairway.apiserver.authn;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.fairway.kube.Json;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.util.Base64;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/** Signed tokens in the compact form of RFC 7515, with the algorithms that Kubernetes uses: ES256 and RS256. */
final class JsonWebSignature {
    /** Longest token that is looked at, in characters. */
    private static final int MAX_LENGTH = 16 << 10;
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

    /**
     * A token whose signature has not been looked at.
     *
     * @param keyId     the {@code kid} header, or empty
     * @param signed    the text that the signature is over
     */
    record Unverified(String algorithm, String keyId, ObjectNode claims, String signed, byte[] signature) {

        /** Whether a key made the signature. */
        boolean isSignedBy(PublicKey key) {
            if (!algorithm.equals(algorithmFor(key))) {
                return false;
            }
            try {
                Signature verifier = Signature.getInstance(javaName(algorithm));
                verifier.initVerify(key);
                verifier.update(signed.getBytes(US_ASCII));
                return verifier.verify(signature);
            } catch (GeneralSecurityException e) {
                // A signature of the wrong length or form is thrown at us, rather than found wrong.
                return false;
            }
        }
    }

    private JsonWebSignature() {
    }

    static String sign(ObjectNode claims, String keyId, PrivateKey key) {
        ObjectNode header = Json.object().put("alg", algorithmFor(key)).put("kid", keyId);
        String signed = ENCODER.encodeToString(Json.bytes(header)) + "." + ENCODER.encodeToString(Json.bytes(claims));
        try {
            Signature signer = Signature.getInstance(javaName(algorithmFor(key)));
            signer.initSign(key);
            signer.update(signed.getBytes(US_ASCII));
            return signed + "." + ENCODER.encodeToString(signer.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot sign with a key for " + algorithmFor(key), e);
        }
    }

    /** Takes a token apart; empty if it is not in the form. */
    static Optional<Unverified> parse(String token) {
        if (token.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            return Optional.empty();
        }
        try {
            ObjectNode header = Json.parseObject(DECODER.decode(parts[0]));
            return Optional.of(new Unverified(header.path("alg").asString(""), header.path("kid").asString(""),
                    Json.parseObject(DECODER.decode(parts[1])), parts[0] + "." + parts[1], DECODER.decode(parts[2])));
        } catch (IllegalArgumentException | JacksonException e) {
            return Optional.empty();
        }
    }

    static String algorithmFor(Object key) {
        return switch (key) {
            case ECKey ec when ec.getParams().getOrder().bitLength() == 256 -> "ES256";
            case RSAKey rsa -> "RS256";
            default -> throw new IllegalArgumentException("keys for tokens are RSA or on P-256");
        };
    }

    private static String javaName(String algorithm) {
        return algorithm.equals("ES256") ? "SHA256withECDSAinP1363Format" : "SHA256withRSA";
    }
}
