package dev.fairway.kube.client;

import java.util.LinkedHashMap;
import java.util.Map;

/** Query parameters of a list or watch; empty strings and zeros are left out. */
public record Query(String labelSelector, String fieldSelector, String resourceVersion, long limit, String continueToken) {
    public static final Query ALL = new Query("", "", "", 0, "");

    public static Query labels(String selector) {
        return new Query(selector, "", "", 0, "");
    }

    public static Query fields(String selector) {
        return new Query("", selector, "", 0, "");
    }

    public Query at(String version) {
        return new Query(labelSelector, fieldSelector, version, limit, continueToken);
    }

    Map<String, String> parameters() {
        Map<String, String> map = new LinkedHashMap<>();
        put(map, "labelSelector", labelSelector);
        put(map, "fieldSelector", fieldSelector);
        put(map, "resourceVersion", resourceVersion);
        put(map, "limit", limit == 0 ? "" : Long.toString(limit));
        put(map, "continue", continueToken);
        return map;
    }

    private static void put(Map<String, String> map, String name, String value) {
        if (!value.isEmpty()) {
            map.put(name, value);
        }
    }
}
