package dev.fairway.apiserver.authz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.apiserver.request.Attributes;
import dev.fairway.apiserver.user.UserInfo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

class RbacPolicyTest {

    private static final RbacPolicy POLICY = policy("""
            roles:
            - metadata: {namespace: a, name: reader}
              rules: [{verbs: [get, list], apiGroups: [""], resources: [pods, pods/log]}]
            - metadata: {namespace: a, name: one}
              rules: [{verbs: [update], apiGroups: [apps], resources: [deployments], resourceNames: [web]}]
            clusterRoles:
            - metadata: {name: all}
              rules: [{verbs: ["*"], apiGroups: ["*"], resources: ["*"]}, {verbs: ["*"], nonResourceURLs: ["*"]}]
            - metadata: {name: scaler}
              rules: [{verbs: [update], apiGroups: ["*"], resources: ["*/scale"]}]
            - metadata: {name: health}
              rules: [{verbs: [get], nonResourceURLs: [/healthz, "/metrics/*"]}]
            roleBindings:
            - metadata: {namespace: a, name: readers}
              roleRef: {kind: Role, name: reader}
              subjects: [{kind: User, name: jane}, {kind: Group, name: dev}, {kind: ServiceAccount, name: sa, namespace: b}]
            - metadata: {namespace: a, name: one}
              roleRef: {kind: Role, name: one}
              subjects: [{kind: User, name: jane}]
            - metadata: {namespace: b, name: admins}
              roleRef: {kind: ClusterRole, name: all}
              subjects: [{kind: User, name: jane}]
            - metadata: {namespace: c, name: dangling}
              roleRef: {kind: Role, name: reader}
              subjects: [{kind: User, name: jane}]
            clusterRoleBindings:
            - metadata: {name: scalers}
              roleRef: {kind: ClusterRole, name: scaler}
              subjects: [{kind: Group, name: ops}]
            - metadata: {name: health}
              roleRef: {kind: ClusterRole, name: health}
              subjects: [{kind: Group, name: "system:unauthenticated"}]
            """);

    private static RbacPolicy policy(String yaml) {
        JsonNode all = YAMLMapper.builder().build().readTree(yaml);
        return new RbacPolicy(list(all, "roles"), list(all, "clusterRoles"), list(all, "roleBindings"),
                list(all, "clusterRoleBindings"));
    }

    private static List<JsonNode> list(JsonNode all, String field) {
        return StreamSupport.stream(all.path(field).spliterator(), false).toList();
    }

    private static UserInfo user(String name) {
        String[] parts = name.split("@");
        return new UserInfo(parts[0], "", parts.length > 1 ? List.of(parts[1]) : List.of(), Map.of());
    }

    @ParameterizedTest
    @CsvSource({
        // user, verb, group, resource, subresource, namespace, name, allowed
        "jane,get,'',pods,'',a,p,true",
        "jane,list,'',pods,'',a,'',true",
        "jane,get,'',pods,log,a,p,true",
        "jane,get,'',pods,exec,a,p,false",
        "jane,delete,'',pods,'',a,p,false",
        "jane,get,'',secrets,'',a,s,false",
        "jane,get,apps,pods,'',a,p,false",
        "jane,get,'',pods,'',c,p,false",
        "jane,get,'',pods,'','',p,false",
        "jane,update,apps,deployments,'',a,web,true",
        "jane,update,apps,deployments,'',a,db,false",
        "jane,update,apps,deployments,'',a,'',false",
        "jane,delete,apps,deployments,'',b,db,true",
        "jane,get,'',nodes,'','',n,false",
        "joe@dev,get,'',pods,'',a,p,true",
        "joe@dev,get,'',pods,'',b,p,false",
        "system:serviceaccount:b:sa,get,'',pods,'',a,p,true",
        "system:serviceaccount:a:sa,get,'',pods,'',a,p,false",
        "joe@ops,update,apps,deployments,scale,z,web,true",
        "joe@ops,update,apps,deployments,'',z,web,false",
        "joe,get,'',pods,'',a,p,false",
    })
    void aRequestForAResourceIsJudged(String who, String verb, String group, String resource, String subresource,
            String namespace, String name, boolean allowed) {
        assertEquals(allowed, POLICY.allows(new Attributes(user(who), verb, group, "v1", resource, subresource, namespace,
                name, "")).isPresent());
    }

    @ParameterizedTest
    @CsvSource({"get,/healthz,true", "get,/healthz/x,false", "get,/metrics/,true", "get,/metrics/a/b,true",
        "get,/metrics,false", "post,/healthz,false", "get,/,false"})
    void aRequestForAPathIsJudged(String verb, String path, boolean allowed) {
        assertEquals(allowed, POLICY.allows(new Attributes(user("x@system:unauthenticated"), verb, "", "", "", "", "", "",
                path)).isPresent());
    }

    @Test
    void aNamespacesAdministratorHasNoPaths() {
        assertEquals(Optional.empty(), POLICY.allows(new Attributes(user("jane"), "get", "", "", "", "", "", "", "/healthz")));
    }

    @Test
    void theReasonNamesBindingAndRole() {
        assertEquals(Optional.of("RoleBinding \"readers/a\" of Role \"reader\" to Group \"dev\""), POLICY.allows(
                new Attributes(user("joe@dev"), "get", "", "v1", "pods", "", "a", "p", "")));
        assertEquals(Optional.of("RoleBinding \"readers/a\" of Role \"reader\" to ServiceAccount \"sa/b\""), POLICY.allows(
                new Attributes(user("system:serviceaccount:b:sa"), "get", "", "v1", "pods", "", "a", "p", "")));
        assertEquals(Optional.of("ClusterRoleBinding \"scalers\" of ClusterRole \"scaler\" to Group \"ops\""),
                POLICY.allows(new Attributes(user("joe@ops"), "update", "", "v1", "x", "scale", "", "", "")));
    }

    @Test
    void aPieceIsCoveredByAnyWiderRule() {
        PolicyRule wide = rule(Set.of("get", "list"), Set.of(""), Set.of("pods", "*/status"), Set.of());
        for (PolicyRule piece : rule(Set.of("get", "list"), Set.of(""), Set.of("pods", "nodes/status"), Set.of("n")).pieces()) {
            assertTrue(wide.coversPiece(piece), piece.toString());
        }
        for (PolicyRule piece : rule(Set.of("*"), Set.of("", "apps"), Set.of("*"), Set.of()).pieces()) {
            assertFalse(wide.coversPiece(piece), piece.toString());
        }
        PolicyRule named = rule(Set.of("get"), Set.of(""), Set.of("pods"), Set.of("a"));
        assertFalse(named.coversPiece(rule(Set.of("get"), Set.of(""), Set.of("pods"), Set.of()).pieces().getFirst()));
        assertEquals("{APIGroups:[\"\"], Resources:[\"pods\"], ResourceNames:[\"a\"], Verbs:[\"get\"]}", named.toString());
    }

    private static PolicyRule rule(Set<String> verbs, Set<String> groups, Set<String> resources, Set<String> names) {
        return new PolicyRule(verbs, groups, resources, names, Set.of());
    }
}
