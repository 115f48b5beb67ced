package dev.fairway.kube.client;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One request to an API server.
 *
 * @param method the HTTP method
 * @param path the URL path, from {@code /}
 * @param query query parameters, not yet encoded
 * @param headers request headers
 * @param body the body, empty for none
 */
public record ApiRequest(
        String method, String path, Map<String, String> query, Map<String, String> headers, byte[] body) {
    private static final byte[] NONE = {};

    public static ApiRequest get(String path) {
        return new ApiRequest("GET", path, Map.of(), Map.of("Accept", "application/json"), NONE);
    }

    public static ApiRequest of(String method, String path) {
        return new ApiRequest(method, path, Map.of(), Map.of("Accept", "application/json"), NONE);
    }

    public ApiRequest withQuery(Map<String, String> parameters) {
        Map<String, String> all = new LinkedHashMap<>(query);
        all.putAll(parameters);
        return new ApiRequest(method, path, all, headers, body);
    }

    public ApiRequest withHeader(String name, String value) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put(name, value);
        return new ApiRequest(method, path, query, all, body);
    }

    public ApiRequest withBody(String contentType, byte[] bytes) {
        return new ApiRequest(method, path, query, withHeader("Content-Type", contentType).headers, bytes);
    }

    /** Path and encoded query, as on the request line. */
    public String target() {
        if (query.isEmpty()) {
            return path;
        }
        return path + "?" + query.entrySet().stream()
                .map(entry -> encode(entry.getKey()) + "=" + encode(entry.getValue()))
                .collect(Collectors.joining("&"));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Method and target only: headers and bodies may be secret. */
    @Override
    public String toString() {
        return method + " " + target();
    }
}
