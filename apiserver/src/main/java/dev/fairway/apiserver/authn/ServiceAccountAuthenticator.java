package dev.fairway.apiserver.authn;

import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.registry.ServerContext;
import dev.fairway.apiserver.user.UserInfo;
import java.util.List;
import java.util.Optional;

/** Users by the tokens of ServiceAccounts. */
public final class ServiceAccountAuthenticator implements Authenticator {
    private final ServiceAccountTokens tokens;

    public ServiceAccountAuthenticator(ServerContext server) {
        this.tokens = ServiceAccountTokens.of(server);
    }

    @Override
    public Optional<UserInfo> authenticate(Credentials credentials) {
        return credentials.bearerToken().filter(tokens::looksLikeOurs).map(token ->
                tokens.verify(token, List.of(ServiceAccountTokens.ISSUER)).orElseThrow(Errors::unauthorized));
    }
}
