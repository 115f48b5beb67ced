package dev.fairway.apiserver.authn;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.request.Attributes;
import dev.fairway.apiserver.user.UserInfo;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Acting as somebody else, by the {@code Impersonate-*} headers
 * (<a href="https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/">user impersonation</a>).
 *
 * @param user   who the request shall count as sent by
 * @param wanted what the real sender needs the right to, all of it
 */
public record Impersonation(UserInfo user, List<Attributes> wanted) {
    private static final String EXTRA = "impersonate-extra-";
    private static final String ACCOUNT = "system:serviceaccount:";

    public Impersonation {
        wanted = List.copyOf(wanted);
    }

    /**
     * What the headers ask for; empty if they ask for nothing.
     *
     * @param sender  who really asks
     * @param headers the headers by lower-case name
     * @throws dev.fairway.apiserver.errors.StatusException 400 if groups, uid or extra come without a user
     */
    public static Optional<Impersonation> of(UserInfo sender, Map<String, List<String>> headers) {
        String name = first(headers, "impersonate-user");
        String uid = first(headers, "impersonate-uid");
        List<String> groups = headers.getOrDefault("impersonate-group", List.of());
        Map<String, List<String>> extra = extra(headers);
        if (name.isEmpty()) {
            if (!uid.isEmpty() || !groups.isEmpty() || !extra.isEmpty()) {
                throw Errors.badRequest("requested " + List.of(uid, groups, extra.keySet())
                        + " without impersonating a user");
            }
            return Optional.empty();
        }
        List<Attributes> wanted = new ArrayList<>();
        List<String> memberOf = new ArrayList<>(groups);
        if (name.startsWith(ACCOUNT) && name.substring(ACCOUNT.length()).split(":").length == 2) {
            String[] account = name.substring(ACCOUNT.length()).split(":");
            wanted.add(right(sender, "", "serviceaccounts", "", account[0], account[1]));
            if (groups.isEmpty()) {
                memberOf.addAll(List.of("system:serviceaccounts", "system:serviceaccounts:" + account[0]));
            }
        } else {
            wanted.add(right(sender, "", "users", "", "", name));
        }
        groups.forEach(group -> wanted.add(right(sender, "", "groups", "", "", group)));
        extra.forEach((key, values) -> values.forEach(value ->
                wanted.add(right(sender, "authentication.k8s.io", "userextras", key, "", value))));
        if (!uid.isEmpty()) {
            wanted.add(right(sender, "authentication.k8s.io", "uids", "", "", uid));
        }
        if (!name.equals(UserInfo.ANONYMOUS.name())) {
            if (!memberOf.contains("system:authenticated") && !memberOf.contains("system:unauthenticated")) {
                memberOf.add("system:authenticated");
            }
        } else if (!memberOf.contains("system:unauthenticated")) {
            memberOf.add("system:unauthenticated");
        }
        return Optional.of(new Impersonation(new UserInfo(name, uid, memberOf, extra), wanted));
    }

    private static Map<String, List<String>> extra(Map<String, List<String>> headers) {
        Map<String, List<String>> extra = new TreeMap<>();
        headers.forEach((header, values) -> {
            if (header.startsWith(EXTRA)) {
                extra.put(decode(header.substring(EXTRA.length())).toLowerCase(Locale.ROOT), values);
            }
        });
        return extra;
    }

    /** Keys come percent-encoded, since header names take few characters. */
    private static String decode(String key) {
        try {
            return URLDecoder.decode(key.replace("+", "%2B"), UTF_8);
        } catch (IllegalArgumentException e) {
            return key;
        }
    }

    private static Attributes right(UserInfo sender, String group, String resource, String subresource,
            String namespace, String name) {
        return new Attributes(sender, "impersonate", group, "v1", resource, subresource,
                namespace, name, "");
    }

    private static String first(Map<String, List<String>> headers, String name) {
        List<String> values = headers.getOrDefault(name, List.of());
        return values.isEmpty() ? "" : values.getFirst();
    }
}
