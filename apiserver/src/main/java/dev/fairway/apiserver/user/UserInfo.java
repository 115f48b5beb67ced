package dev.fairway.apiserver.user;

import java.util.List;
import java.util.Map;

/**
 * An authenticated user.
 *
 * @param name   the user name, such as {@code system:serviceaccount:ns:name}
 * @param uid    identifies the user across renaming; may be empty
 * @param groups the groups that the user belongs to
 * @param extra  further facts, such as the Pod that a token is bound to
 */
public record UserInfo(String name, String uid, List<String> groups, Map<String, List<String>> extra) {

    /** The group whose members may do everything, whatever RBAC says. */
    public static final String MASTERS = "system:masters";
    /** The server's own components. */
    public static final UserInfo APISERVER = new UserInfo("system:apiserver", "", List.of(MASTERS), Map.of());
    /** A request without credentials, where those are admitted. */
    public static final UserInfo ANONYMOUS =
            new UserInfo("system:anonymous", "", List.of("system:unauthenticated"), Map.of());

    public UserInfo {
        groups = List.copyOf(groups);
        extra = Map.copyOf(extra);
    }
}
