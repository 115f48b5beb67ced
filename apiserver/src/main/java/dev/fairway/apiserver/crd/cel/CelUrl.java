package dev.fairway.apiserver.crd.cel;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A URL in a CEL rule: absolute, or an absolute path. */
public record CelUrl(URI uri) {

    /** @throws IllegalArgumentException if the text is none */
    static CelUrl parse(String text) {
        try {
            URI uri = new URI(text);
            if (uri.isOpaque() || !uri.isAbsolute() && !text.startsWith("/")) {
                throw new IllegalArgumentException("URL parse error during conversion from string: parse \"" + text
                        + "\": invalid URI for request");
            }
            return new CelUrl(uri);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("URL parse error during conversion from string: parse \"" + text + "\": "
                    + e.getReason(), e);
        }
    }

    public static boolean isUrl(String text) {
        try {
            parse(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String text(String part) {
        return part == null ? "" : part;
    }

    String scheme() {
        return text(uri.getScheme());
    }

    /** Name and port, an IPv6 address in brackets. */
    String host() {
        String authority = text(uri.getRawAuthority());
        return authority.substring(authority.lastIndexOf('@') + 1);
    }

    /** Without port and brackets. */
    String hostname() {
        String host = host();
        if (host.startsWith("[")) {
            return host.substring(1, Math.max(1, host.indexOf(']')));
        }
        return host.contains(":") ? host.substring(0, host.indexOf(':')) : host;
    }

    String port() {
        String host = host();
        int colon = host.lastIndexOf(':');
        return colon < 0 || colon < host.lastIndexOf(']') ? "" : host.substring(colon + 1);
    }

    String escapedPath() {
        return text(uri.getRawPath());
    }

    /** The values of each key of the query. */
    Map<String, List<String>> query() {
        Map<String, List<String>> query = new TreeMap<>();
        for (String pair : text(uri.getRawQuery()).split("&")) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                String key = equals < 0 ? pair : pair.substring(0, equals);
                String value = equals < 0 ? "" : pair.substring(equals + 1);
                query.computeIfAbsent(decoded(key), ignored -> new ArrayList<>()).add(decoded(value));
            }
        }
        return query;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
