package dev.fairway.kube.client;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads certificates and private keys from PEM (RFC 7468), in the three key forms that Kubernetes tools write. */
final class Pem {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");
    private static final byte[] RSA_ALGORITHM = hex("300d06092a864886f70d0101010500");
    private static final byte[] EC_PUBLIC_KEY_OID = hex("06072a8648ce3d0201");
    private static final byte[] VERSION_0 = hex("020100");
    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    private static final int EXPLICIT_0 = 0xa0;

    private Pem() {}

    private record Block(String label, byte[] der) {}

    private static List<Block> blocks(byte[] pem) {
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(new String(pem, StandardCharsets.US_ASCII));
        while (matcher.find()) {
            blocks.add(new Block(matcher.group(1), Base64.getMimeDecoder().decode(matcher.group(2))));
        }
        return blocks;
    }

    /**
     * All certificates, in order.
     *
     * @throws GeneralSecurityException if there is none, or one does not parse
     */
    static List<X509Certificate> certificates(byte[] pem) throws GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks(pem)) {
            if (block.label.equals("CERTIFICATE")) {
                certificates.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.der)));
            }
        }
        if (certificates.isEmpty()) {
            throw new GeneralSecurityException("no PEM certificate found");
        }
        return certificates;
    }

    /**
     * The first private key: PKCS#8, PKCS#1 (RSA) or SEC1 (EC).
     *
     * @throws GeneralSecurityException if there is none, or it does not parse
     */
    static PrivateKey privateKey(byte[] pem) throws GeneralSecurityException {
        for (Block block : blocks(pem)) {
            switch (block.label) {
                case "PRIVATE KEY" -> {
                    return pkcs8(block.der);
                }
                case "RSA PRIVATE KEY" -> {
                    return key("RSA", wrap(RSA_ALGORITHM, block.der));
                }
                case "EC PRIVATE KEY" -> {
                    byte[] algorithm = tlv(SEQUENCE, concat(EC_PUBLIC_KEY_OID, curve(block.der)));
                    return key("EC", wrap(algorithm, block.der));
                }
                default -> { }
            }
        }
        throw new GeneralSecurityException("no PEM private key found (encrypted keys are not supported)");
    }

    private static PrivateKey pkcs8(byte[] der) throws GeneralSecurityException {
        InvalidKeySpecException last = null;
        for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
            try {
                return key(algorithm, der);
            } catch (InvalidKeySpecException e) {
                last = e;
            }
        }
        throw new GeneralSecurityException("private key is neither RSA, EC nor EdDSA", last);
    }

    private static PrivateKey key(String algorithm, byte[] pkcs8) throws GeneralSecurityException {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    }

    /** PrivateKeyInfo of RFC 5208 around a key in its algorithm's own form. */
    private static byte[] wrap(byte[] algorithm, byte[] key) {
        return tlv(SEQUENCE, concat(VERSION_0, algorithm, tlv(OCTET_STRING, key)));
    }

    /** The curve's object identifier, the {@code [0] parameters} of RFC 5915's ECPrivateKey. */
    private static byte[] curve(byte[] sec1) throws GeneralSecurityException {
        int at = contentStart(sec1, 0);
        while (at < sec1.length) {
            int content = contentStart(sec1, at);
            int end = content + length(sec1, at);
            if ((sec1[at] & 0xff) == EXPLICIT_0 && end <= sec1.length) {
                return Arrays.copyOfRange(sec1, content, end);
            }
            at = end;
        }
        throw new GeneralSecurityException("EC private key names no curve");
    }

    private static int length(byte[] der, int at) throws GeneralSecurityException {
        int first = byteAt(der, at + 1);
        if (first < 0x80) {
            return first;
        }
        int length = 0;
        for (int i = 0; i < (first & 0x7f); i++) {
            length = length << 8 | byteAt(der, at + 2 + i);
        }
        if (length < 0 || length > der.length) {
            throw new GeneralSecurityException("malformed private key");
        }
        return length;
    }

    private static int contentStart(byte[] der, int at) throws GeneralSecurityException {
        int first = byteAt(der, at + 1);
        return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
    }

    private static int byteAt(byte[] der, int at) throws GeneralSecurityException {
        if (at >= der.length) {
            throw new GeneralSecurityException("truncated private key");
        }
        return der[at] & 0xff;
    }

    private static byte[] tlv(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 6);
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else {
            byte[] length = java.math.BigInteger.valueOf(content.length).toByteArray();
            int skip = length[0] == 0 ? 1 : 0;
            out.write(0x80 | length.length - skip);
            out.write(length, skip, length.length - skip);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] hex(String text) {
        return java.util.HexFormat.of().parseHex(text);
    }
}
