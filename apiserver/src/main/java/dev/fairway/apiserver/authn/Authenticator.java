package dev.fairway.apiserver.authn;

import dev.fairway.apiserver.user.UserInfo;
import java.util.Optional;

/** Finds out who sent a request. */
@FunctionalInterface
public interface Authenticator {
    /**
     * The sender; empty when this authenticator finds no credentials of its sort.
     *
     * @throws dev.fairway.apiserver.errors.StatusException 401 when there are such credentials and they are not valid
     */
    Optional<UserInfo> authenticate(Credentials credentials);
}
