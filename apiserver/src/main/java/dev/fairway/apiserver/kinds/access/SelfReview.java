package dev.fairway.apiserver.kinds.access;

import dev.fairway.apiserver.registry.Strategy;
import dev.fairway.apiserver.registry.StrategyContext;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** SelfSubjectReview: who the asker is ({@code kubectl auth whoami}). */
public final class SelfReview implements Strategy {

    @Override
    public Optional<ObjectNode> answer(StrategyContext context, ObjectNode object) {
        object.putObject("status").set("userInfo", TokenReview.toJson(context.user()));
        return Optional.of(object);
    }
}
