package dev.fairway.apiserver.kinds.access;

import dev.fairway.apiserver.authn.Authenticator;
import dev.fairway.apiserver.authn.Credentials;
import dev.fairway.apiserver.authn.ServiceAccountTokens;
import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.errors.StatusException;
import dev.fairway.apiserver.registry.Strategy;
import dev.fairway.apiserver.registry.StrategyContext;
import dev.fairway.apiserver.user.UserInfo;
import dev.fairway.kube.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** TokenReview: whose a bearer token is. */
public final class TokenReview implements Strategy {

    @Override
    public Optional<ObjectNode> answer(StrategyContext context, ObjectNode object) {
        String token = object.path("spec").path("token").asString("");
        if (token.isEmpty()) {
            throw Errors.badRequest("token is required for TokenReview in authentication");
        }
        List<String> audiences = object.path("spec").path("audiences").valueStream()
                .map(audience -> audience.asString("")).toList();
        List<String> wanted = audiences.isEmpty() ? List.of(ServiceAccountTokens.ISSUER) : audiences;
        ServiceAccountTokens tokens = ServiceAccountTokens.of(context.server());
        Optional<UserInfo> user = tokens.verify(token, wanted);
        List<String> confirmed = user.isPresent() ? tokens.audiences(token, wanted) : List.of();
        if (user.isEmpty() && wanted.contains(ServiceAccountTokens.ISSUER)) {
            user = other(context, token);
            confirmed = List.of(ServiceAccountTokens.ISSUER);
        }
        ObjectNode status = object.putObject("status");
        if (user.isPresent()) {
            status.put("authenticated", true);
            status.set("user", toJson(user.get()));
            if (!audiences.isEmpty()) {
                confirmed.forEach(status.putArray("audiences")::add);
            }
        } else {
            status.putObject("user");
            status.put("error", "invalid bearer token");
        }
        return Optional.of(object);
    }

    /** The server's other sorts of tokens. */
    private static Optional<UserInfo> other(StrategyContext context, String token) {
        Authenticator authenticator = context.server().shared(Authenticator.class, server -> credentials -> Optional.empty());
        try {
            return authenticator.authenticate(new Credentials(List.of(), Map.of("authorization", List.of("Bearer " + token))));
        } catch (StatusException e) {
            return Optional.empty();
        }
    }

    static ObjectNode toJson(UserInfo user) {
        ObjectNode json = Json.object().put("username", user.name());
        if (!user.uid().isEmpty()) {
            json.put("uid", user.uid());
        }
        user.groups().forEach(json.putArray("groups")::add);
        if (!user.extra().isEmpty()) {
            ObjectNode extra = json.putObject("extra");
            user.extra().forEach((key, values) -> values.forEach(extra.putArray(key)::add));
        }
        return json;
    }
}
