package dev.fairway.apiserver.request;

import dev.fairway.apiserver.user.UserInfo;
import java.util.List;
import java.util.Map;

/**
 * One request, from HTTP or from inside the process.
 *
 * @param method  the HTTP method
 * @param path    the decoded path, from {@code /}
 * @param query   the decoded query parameters
 * @param headers the headers by lower-case name
 * @param body    the body, decompressed; empty for none
 * @param user    who asks
 */
public record Request(String method, String path, Map<String, List<String>> query, Map<String, List<String>> headers,
                      byte[] body, UserInfo user) {

    /** The first value of a query parameter, or empty. */
    public String query(String name) {
        List<String> values = query.get(name);
        return values == null || values.isEmpty() ? "" : values.getFirst();
    }

    /** Whether a boolean query parameter is set to true (or to nothing, as in {@code ?watch}). */
    public boolean flag(String name) {
        List<String> values = query.get(name);
        if (values == null || values.isEmpty()) {
            return false;
        }
        return switch (values.getFirst()) {
            case "0", "false", "False", "FALSE", "f", "F" -> false;
            default -> true;
        };
    }

    /** The first value of a header, or empty. */
    public String header(String lowerCaseName) {
        List<String> values = headers.get(lowerCaseName);
        return values == null || values.isEmpty() ? "" : values.getFirst();
    }

    public Request withUser(UserInfo other) {
        return new Request(method, path, query, headers, body, other);
    }

    /** Method and path only: queries, headers and bodies may be secret. */
    @Override
    public String toString() {
        return method + " " + path;
    }
}
