package dev.fairway.apiserver.kinds.access;

import dev.fairway.apiserver.authz.Authorizer;
import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.kinds.Check;
import dev.fairway.apiserver.registry.Strategy;
import dev.fairway.apiserver.registry.StrategyContext;
import dev.fairway.apiserver.request.Attributes;
import dev.fairway.apiserver.user.UserInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * SubjectAccessReview and its kin: asks the authorizer whether somebody may do something.
 *
 * @param about whose rights are asked for
 */
public record AccessReview(About about) implements Strategy {

    /** The three kinds of the question. */
    public enum About {
        /** SelfSubjectAccessReview: the asker's own. */
        SELF,
        /** SubjectAccessReview: anybody's. */
        ANYBODY,
        /** LocalSubjectAccessReview: anybody's, in one namespace. */
        ANYBODY_IN_NAMESPACE
    }

    @Override
    public Optional<ObjectNode> answer(StrategyContext context, ObjectNode object) {
        JsonNode spec = object.path("spec");
        Check check = new Check();
        UserInfo user = user(context, spec, check);
        JsonNode resource = spec.path("resourceAttributes");
        JsonNode path = spec.path("nonResourceAttributes");
        if (resource.isObject() == path.isObject()) {
            check.invalid(resource.isObject() ? "spec.nonResourceAttributes" : "spec.resourceAttributes", "",
                    resource.isObject() ? "cannot be specified in combination with resourceAttributes"
                            : "exactly one of nonResourceAttributes or resourceAttributes must be specified");
        }
        if (about == About.ANYBODY_IN_NAMESPACE) {
            if (path.isObject()) {
                check.invalid("spec.nonResourceAttributes", "", "disallowed on this kind of request");
            } else if (!resource.path("namespace").asString("").equals(context.namespace())) {
                check.invalid("spec.resourceAttributes.namespace", resource.path("namespace").asString(""),
                        "must match metadata.namespace");
            }
        }
        if (!check.errors().isEmpty()) {
            throw Errors.invalid(context.resource().group(), context.resource().kind(), "", check.errors());
        }
        Attributes wanted = resource.isObject()
                ? new Attributes(user, text(resource, "verb"), text(resource, "group"), text(resource, "version"),
                        text(resource, "resource"), text(resource, "subresource"), text(resource, "namespace"),
                        text(resource, "name"), "")
                : new Attributes(user, text(path, "verb"), "", "", "", "", "", "", text(path, "path"));
        Authorizer.Decision decision = Authorizer.of(context.server()).authorize(wanted);
        ObjectNode status = object.putObject("status").put("allowed", decision.allowed());
        if (!decision.reason().isEmpty()) {
            status.put("reason", decision.reason());
        }
        return Optional.of(object);
    }

    private UserInfo user(StrategyContext context, JsonNode spec, Check check) {
        if (about == About.SELF) {
            return context.user();
        }
        List<String> groups = spec.path("groups").valueStream().map(group -> group.asString("")).toList();
        if (text(spec, "user").isEmpty() && groups.isEmpty()) {
            check.invalid("spec.user", "", "at least one of user or group must be specified");
        }
        Map<String, List<String>> extra = new TreeMap<>();
        spec.path("extra").properties().forEach(entry -> {
            List<String> values = new ArrayList<>();
            entry.getValue().forEach(value -> values.add(value.asString("")));
            extra.put(entry.getKey(), values);
        });
        return new UserInfo(text(spec, "user"), text(spec, "uid"), groups, extra);
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asString("");
    }
}
