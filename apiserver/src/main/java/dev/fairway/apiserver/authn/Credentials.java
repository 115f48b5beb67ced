package dev.fairway.apiserver.authn;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a request shows of its sender.
 *
 * @param certificates the verified client certificate chain, leaf first; empty where none was shown
 * @param headers      the request's headers by lower-case name
 */
public record Credentials(List<X509Certificate> certificates, Map<String, List<String>> headers) {

    public Credentials {
        certificates = List.copyOf(certificates);
    }

    /** The bearer token of the Authorization header. */
    public Optional<String> bearerToken() {
        for (String value : headers.getOrDefault("authorization", List.of())) {
            if (value.regionMatches(true, 0, "Bearer ", 0, 7)) {
                String token = value.substring(7).strip();
                return token.isEmpty() ? Optional.empty() : Optional.of(token);
            }
        }
        return Optional.empty();
    }

    /** Leaves everything out: headers hold secrets. */
    @Override
    public String toString() {
        return "Credentials[" + certificates.size() + " certificates]";
    }
}
