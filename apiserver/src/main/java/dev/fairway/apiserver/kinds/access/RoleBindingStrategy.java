package dev.fairway.apiserver.kinds.access;

import dev.fairway.apiserver.authz.Escalation;
import dev.fairway.apiserver.kinds.Check;
import dev.fairway.apiserver.registry.Strategy;
import dev.fairway.apiserver.registry.StrategyContext;
import dev.fairway.schema.FieldError;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** RoleBindings and ClusterRoleBindings: nobody may bind more rights than he has. */
public final class RoleBindingStrategy implements Strategy {
    private static final String GROUP = "rbac.authorization.k8s.io";

    @Override
    public void prepareForCreate(StrategyContext context, ObjectNode object) {
        fillIn(object);
        Escalation.checkBinding(context, object);
    }

    @Override
    public void prepareForUpdate(StrategyContext context, ObjectNode object, ObjectNode old) {
        fillIn(object);
        if (!object.path("roleRef").equals(old.path("roleRef")) || !object.path("subjects").equals(old.path("subjects"))) {
            Escalation.checkBinding(context, object);
        }
    }

    private static void fillIn(ObjectNode object) {
        if (object.get("roleRef") instanceof ObjectNode role && role.path("apiGroup").asString("").isEmpty()) {
            role.put("apiGroup", GROUP);
        }
        for (JsonNode subject : object.path("subjects")) {
            boolean named = List.of("User", "Group").contains(subject.path("kind").asString(""));
            if (named && subject instanceof ObjectNode node && node.path("apiGroup").asString("").isEmpty()) {
                node.put("apiGroup", GROUP);
            }
        }
    }

    @Override
    public List<FieldError> validateCreate(StrategyContext context, ObjectNode object) {
        Check check = new Check();
        boolean namespaced = context.resource().namespaced();
        JsonNode role = object.path("roleRef");
        if (!role.path("apiGroup").asString("").equals(GROUP)) {
            check.add(FieldError.notSupported("roleRef.apiGroup", role.path("apiGroup").asString(""), List.of(GROUP)));
        }
        List<String> kinds = namespaced ? List.of("ClusterRole", "Role") : List.of("ClusterRole");
        if (!kinds.contains(role.path("kind").asString(""))) {
            check.add(FieldError.notSupported("roleRef.kind", role.path("kind").asString(""), kinds));
        }
        if (role.path("name").asString("").isEmpty()) {
            check.required("roleRef.name");
        }
        int index = 0;
        for (JsonNode subject : object.path("subjects")) {
            subject(check, subject, "subjects[" + index++ + "]", namespaced);
        }
        return check.errors();
    }

    private static void subject(Check check, JsonNode subject, String field, boolean namespaced) {
        String name = subject.path("name").asString("");
        if (name.isEmpty()) {
            check.required(field + ".name");
        }
        String group = subject.path("apiGroup").asString("");
        switch (subject.path("kind").asString("")) {
            case "ServiceAccount" -> {
                if (!name.isEmpty()) {
                    check.dnsSubdomain(field + ".name", name);
                }
                if (!group.isEmpty()) {
                    check.add(FieldError.notSupported(field + ".apiGroup", group, List.of("")));
                }
                if (!namespaced && subject.path("namespace").asString("").isEmpty()) {
                    check.required(field + ".namespace");
                }
            }
            case "User", "Group" -> {
                if (!group.equals(GROUP)) {
                    check.add(FieldError.notSupported(field + ".apiGroup", group, List.of(GROUP)));
                }
            }
            default -> check.add(FieldError.notSupported(field + ".kind", subject.path("kind").asString(""),
                    List.of("ServiceAccount", "User", "Group")));
        }
    }

    @Override
    public List<FieldError> validateUpdate(StrategyContext context, ObjectNode object, ObjectNode old) {
        Check check = new Check();
        check.addAll(validateCreate(context, object));
        if (!object.path("roleRef").equals(old.path("roleRef"))) {
            check.invalid("roleRef", object.path("roleRef"), "cannot change roleRef");
        }
        return check.errors();
    }
}
