package dev.fairway.apiserver.http;

import dev.fairway.apiserver.errors.Errors;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Percent-encoding of request targets, RFC 3986. */
public final class Query {
    private Query() {
    }

    /**
     * The parameters of a raw query.
     *
     * @throws dev.fairway.apiserver.errors.StatusException 400 for broken escapes
     */
    public static Map<String, List<String>> parse(String raw) {
        if (raw == null || raw.isEmpty()) {
            return Map.of();
        }
        Map<String, List<String>> parameters = new LinkedHashMap<>();
        for (String pair : raw.split("&")) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                String name = decode(equals < 0 ? pair : pair.substring(0, equals), true);
                String value = equals < 0 ? "" : decode(pair.substring(equals + 1), true);
                parameters.computeIfAbsent(name, ignored -> new ArrayList<>(1)).add(value);
            }
        }
        return parameters;
    }

    /**
     * A path without its escapes.
     *
     * @throws dev.fairway.apiserver.errors.StatusException 400 for broken escapes
     */
    public static String decodePath(String raw) {
        return decode(raw, false);
    }

    private static String decode(String text, boolean form) {
        if (text.indexOf('%') < 0 && (!form || text.indexOf('+') < 0)) {
            return text;
        }
        byte[] source = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(source.length);
        for (int i = 0; i < source.length; i++) {
            if (source[i] == '%') {
                int high = i + 2 < source.length ? Character.digit(source[i + 1], 16) : -1;
                int low = i + 2 < source.length ? Character.digit(source[i + 2], 16) : -1;
                if (high < 0 || low < 0) {
                    throw Errors.badRequest("invalid URL escape in \"" + text + "\"");
                }
                bytes.put((byte) (high << 4 | low));
                i += 2;
            } else {
                bytes.put(form && source[i] == '+' ? (byte) ' ' : source[i]);
            }
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException e) {
            throw Errors.badRequest("invalid UTF-8 in \"" + text + "\"");
        }
    }
}
