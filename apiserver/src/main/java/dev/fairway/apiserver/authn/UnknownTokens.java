package dev.fairway.apiserver.authn;

import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.user.UserInfo;
import java.util.Optional;

/** Comes last: a bearer token that nobody knew is refused, rather than served as anonymous. */
public final class UnknownTokens implements Authenticator {
    @Override
    public Optional<UserInfo> authenticate(Credentials credentials) {
        if (credentials.bearerToken().isPresent()) {
            throw Errors.unauthorized();
        }
        return Optional.empty();
    }
}
