package dev.fairway.apiserver.authz;

import static dev.fairway.testkit.Await.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.apiserver.ApiServer;
import dev.fairway.apiserver.authn.Credentials;
import dev.fairway.apiserver.authn.ServiceAccountAuthenticator;
import dev.fairway.apiserver.config.ApiServerConfig;
import dev.fairway.apiserver.errors.StatusException;
import dev.fairway.apiserver.request.Attributes;
import dev.fairway.apiserver.user.UserInfo;
import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ApiException;
import dev.fairway.kube.client.ApiRequest;
import dev.fairway.kube.client.ApiResponse;
import dev.fairway.kube.client.DeleteOptions;
import dev.fairway.kube.client.Query;
import dev.fairway.store.MemoryStore;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Who may do what, against a whole server. */
class AccessTest {

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    private final MemoryStore store = new MemoryStore();
    private ApiServer server;
    private ApiClient admin;

    @BeforeEach
    void start(@TempDir Path data) {
        Clock clock = InstantSource.system().withZone(ZoneOffset.UTC);
        server = ApiServer.builder(ApiServerConfig.defaults(data)
                .withListen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .withClock(new Clock() {
                    @Override
                    public java.time.ZoneId getZone() {
                        return clock.getZone();
                    }

                    @Override
                    public Clock withZone(java.time.ZoneId zone) {
                        return clock.withZone(zone);
                    }

                    @Override
                    public Instant instant() {
                        return now.get();
                    }
                }), store).start();
        admin = new ApiClient(server.transport("test"));
        server.rolesMade().join();
    }

    @AfterEach
    void stop() {
        server.close();
        store.close();
    }

    private static UserInfo user(String name, String... groups) {
        List<String> all = new java.util.ArrayList<>(List.of(groups));
        all.add("system:authenticated");
        return new UserInfo(name, "", all, Map.of());
    }

    private ApiClient as(UserInfo user) {
        return new ApiClient(server.transport(user, "test"));
    }

    private void create(String yaml) {
        ObjectNode object = (ObjectNode) YAMLMapper.builder().build().readTree(yaml);
        String kind = object.path("kind").asString();
        boolean namespaced = object.path("metadata").has("namespace");
        boolean rbac = kind.contains("Role");
        ResourceType type = new ResourceType(rbac ? RbacAuthorizer.GROUP : "", "v1", kind.toLowerCase(java.util.Locale.ROOT) + "s",
                kind, namespaced);
        object.put("apiVersion", type.apiVersion());
        admin.create(type, new KubeObject(object));
    }

    private JsonNode post(UserInfo user, String path, String json, int status) throws Exception {
        try (ApiResponse response = server.transport(user, "test").send(
                ApiRequest.of("POST", path).withBody("application/json", json.replace('\'', '"').getBytes()))) {
            JsonNode body = Json.mapper().readTree(response.body().readAllBytes());
            assertEquals(status, response.status(), body.toString());
            return body;
        }
    }

    private void grantView(String namespace, String user) {
        create("""
                kind: RoleBinding
                metadata: {namespace: %s, name: viewers}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
                subjects: [{kind: User, name: %s}]
                """.formatted(namespace, user));
    }

    @Test
    void nobodyMayAnythingUntilHeIsGivenARight() {
        ApiClient jane = as(user("jane"));
        ApiException refused = assertThrows(ApiException.class, () -> jane.list(ResourceType.CONFIG_MAPS, "default", Query.ALL));
        assertEquals(403, refused.code());
        assertTrue(refused.getMessage().contains("configmaps is forbidden: User \"jane\" cannot list resource \"configmaps\" "
                + "in API group \"\" in the namespace \"default\""), refused.getMessage());
        grantView("default", "jane");
        until(() -> {
            try {
                jane.list(ResourceType.CONFIG_MAPS, "default", Query.ALL);
                return true;
            } catch (ApiException e) {
                assertEquals(403, e.code());
                return false;
            }
        });
        assertThrows(ApiException.class, () -> jane.list(ResourceType.SECRETS, "default", Query.ALL));
        assertThrows(ApiException.class, () -> jane.list(ResourceType.CONFIG_MAPS, "kube-system", Query.ALL));
        assertThrows(ApiException.class, () -> jane.delete(ResourceType.CONFIG_MAPS, "default", "x", DeleteOptions.DEFAULT));
    }

    @Test
    void theDefaultRolesAreThereAndAddUp() {
        for (DefaultRoles.Default each : DefaultRoles.read()) {
            JsonNode metadata = each.object().path("metadata");
            assertTrue(admin.find(each.type(), metadata.path("namespace").asString(""), metadata.path("name").asString())
                    .isPresent(), metadata.toString());
        }
        until(() -> admin.get(RbacAuthorizer.CLUSTER_ROLES, "", "admin").json().path("rules").size() > 20);
        List<PolicyRule> rules = PolicyRule.ofRole(admin.get(RbacAuthorizer.CLUSTER_ROLES, "", "edit").json());
        for (String verb : List.of("create", "get", "delete")) {
            assertTrue(rules.stream().anyMatch(rule -> rule.allows(new Attributes(user("x"), verb, "", "v1", "services", "",
                    "n", "", ""))), verb);
        }
        assertFalse(rules.stream().anyMatch(rule -> rule.allows(new Attributes(user("x"), "create",
                RbacAuthorizer.GROUP, "v1", "roles", "", "n", "", ""))));
    }

    @Test
    void everybodyMayDiscoverAndAskAboutHimself() throws Exception {
        try (ApiResponse response = server.transport(user("jane"), "test").send(ApiRequest.get("/apis"))) {
            assertEquals(200, response.status());
        }
        String question = "{'spec': {'resourceAttributes': {'namespace': 'default', 'verb': 'get', 'resource': 'pods'}}}";
        String path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
        assertFalse(post(user("jane"), path, question, 201).at("/status/allowed").asBoolean());
        assertTrue(post(user("root", "system:masters"), path, question, 201).at("/status/allowed").asBoolean());
        post(user("jane"), path, "{'spec': {}}", 422);
        assertEquals("jane", post(user("jane"), "/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}", 201)
                .at("/status/userInfo/username").asString());
        JsonNode rules = post(user("jane"), "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
                "{'spec': {'namespace': 'default'}}", 201).path("status");
        assertFalse(rules.path("incomplete").asBoolean());
        assertTrue(rules.path("resourceRules").valueStream()
                .anyMatch(rule -> rule.path("resources").toString().contains("selfsubjectaccessreviews")), rules.toString());
        assertTrue(rules.path("nonResourceRules").toString().contains("/healthz"));
    }

    @Test
    void othersRightsMayBeAskedForByWhoMayAsk() throws Exception {
        grantView("default", "jane");
        String path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
        String question = "{'spec': {'user': 'jane', 'resourceAttributes': {'namespace': 'default', 'verb': 'get', 'resource': 'pods'}}}";
        post(user("jane"), path, question, 403);
        until(() -> {
            try {
                JsonNode status = post(UserInfo.APISERVER, path, question, 201).path("status");
                return status.path("allowed").asBoolean() && status.path("reason").asString().equals(
                        "RBAC: allowed by RoleBinding \"viewers/default\" of ClusterRole \"view\" to User \"jane\"");
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        post(UserInfo.APISERVER, path, "{'spec': {'resourceAttributes': {'verb': 'get'}}}", 422);
        post(UserInfo.APISERVER, "/apis/authorization.k8s.io/v1/namespaces/default/localsubjectaccessreviews",
                "{'metadata': {'namespace': 'default'}, 'spec': {'user': 'jane', 'resourceAttributes': {'namespace': 'other', 'verb': 'get'}}}", 422);
    }

    @Test
    void nobodyGivesMoreThanHeHas() throws Exception {
        create("""
                kind: ClusterRole
                metadata: {name: role-writer}
                rules:
                - {verbs: ["*"], apiGroups: [rbac.authorization.k8s.io], resources: ["*"]}
                - {verbs: [get], apiGroups: [""], resources: [pods]}
                """);
        create("""
                kind: ClusterRoleBinding
                metadata: {name: role-writers}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: role-writer}
                subjects: [{kind: User, name: jane}]
                """);
        // "*" holds escalate and bind too, as it does in Kubernetes; take them out.
        ObjectNode role = admin.get(RbacAuthorizer.CLUSTER_ROLES, "", "role-writer").json().deepCopy();
        ((ObjectNode) role.at("/rules/0")).putArray("verbs").add("create").add("update");
        admin.update(RbacAuthorizer.CLUSTER_ROLES, new KubeObject(role));
        String path = "/apis/rbac.authorization.k8s.io/v1/clusterroles";
        String rules = "{'apiVersion': 'rbac.authorization.k8s.io/v1', 'kind': 'ClusterRole', 'metadata': {'name': 'n%d'},"
                + " 'rules': [{'verbs': ['get'], 'apiGroups': [''], 'resources': ['%s']}]}";
        until(() -> Authorizer.of(server.context()).authorize(new Attributes(user("jane"), "create", RbacAuthorizer.GROUP,
                "v1", "clusterroles", "", "", "", "")).allowed());
        post(user("jane"), path, rules.formatted(1, "pods"), 201);
        JsonNode refused = post(user("jane"), path, rules.formatted(2, "secrets"), 403);
        assertTrue(refused.path("message").asString().contains("is attempting to grant RBAC permissions not currently held:\n"
                + "{APIGroups:[\"\"], Resources:[\"secrets\"], Verbs:[\"get\"]}"), refused.toString());
        String binding = "{'apiVersion': 'rbac.authorization.k8s.io/v1', 'kind': 'ClusterRoleBinding', 'metadata': {'name': '%s'},"
                + " 'roleRef': {'apiGroup': 'rbac.authorization.k8s.io', 'kind': 'ClusterRole', 'name': '%s'},"
                + " 'subjects': [{'kind': 'User', 'name': 'jane'}]}";
        String bindings = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings";
        post(user("jane"), bindings, binding.formatted("b1", "n1"), 201);
        post(user("jane"), bindings, binding.formatted("b2", "cluster-admin"), 403);
        post(user("jane"), bindings, binding.formatted("b3", "absent"), 404);
    }

    @Test
    void wrongRolesAndBindingsAreRefusedByField() throws Exception {
        JsonNode role = post(UserInfo.APISERVER, "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles",
                "{'apiVersion': 'rbac.authorization.k8s.io/v1', 'kind': 'Role', 'metadata': {'name': 'r'},"
                        + " 'rules': [{'apiGroups': [''], 'resources': ['pods']}, {'verbs': ['get'], 'nonResourceURLs': ['/x']}]}", 422);
        assertEquals("rules[0].verbs", role.at("/details/causes/0/field").asString());
        assertEquals("rules[1].nonResourceURLs", role.at("/details/causes/1/field").asString());
        JsonNode binding = post(UserInfo.APISERVER, "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
                "{'apiVersion': 'rbac.authorization.k8s.io/v1', 'kind': 'ClusterRoleBinding', 'metadata': {'name': 'b'},"
                        + " 'roleRef': {'kind': 'Role', 'name': 'r'}, 'subjects': [{'kind': 'ServiceAccount', 'name': 'sa'}]}", 422);
        assertEquals(List.of("roleRef.kind", "subjects[0].namespace"),
                binding.at("/details/causes").valueStream().map(cause -> cause.path("field").asString()).toList());
    }

    @Test
    void someMayActAsOthers() throws Exception {
        create("""
                kind: ClusterRole
                metadata: {name: act-as-joe}
                rules: [{verbs: [impersonate], apiGroups: [""], resources: [users], resourceNames: [joe]}]
                """);
        create("""
                kind: ClusterRoleBinding
                metadata: {name: act-as-joe}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: act-as-joe}
                subjects: [{kind: User, name: jane}]
                """);
        until(() -> Authorizer.of(server.context()).authorize(new Attributes(user("jane"), "impersonate", "", "v1", "users",
                "", "", "joe", "")).allowed());
        String path = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
        assertEquals("joe", whoami(path, "joe").at("/status/userInfo/username").asString());
        assertEquals("users \"root\" is forbidden: User \"jane\" cannot impersonate resource \"users\" in API group \"\" "
                + "at the cluster scope", whoami(path, "root").path("message").asString());
    }

    private JsonNode whoami(String path, String as) throws Exception {
        try (ApiResponse response = server.transport(user("jane"), "test").send(ApiRequest.of("POST", path)
                .withBody("application/json", "{}".getBytes()).withHeader("Impersonate-User", as))) {
            return Json.mapper().readTree(response.body().readAllBytes());
        }
    }

    @Test
    void aTokenEndsWithItsTimeAndItsAccount() throws Exception {
        create("{kind: ServiceAccount, metadata: {namespace: default, name: robot}}");
        String path = "/api/v1/namespaces/default/serviceaccounts/robot/token";
        JsonNode request = post(UserInfo.APISERVER, path, "{'apiVersion': 'authentication.k8s.io/v1', 'kind': 'TokenRequest',"
                + " 'spec': {'expirationSeconds': 1200}}", 201);
        String token = request.at("/status/token").asString();
        assertEquals("system:serviceaccount:default:robot", authenticate(token).name());
        assertEquals(List.of("system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"),
                authenticate(token).groups());
        JsonNode review = post(UserInfo.APISERVER, "/apis/authentication.k8s.io/v1/tokenreviews",
                "{'spec': {'token': '" + token + "'}}", 201).path("status");
        assertTrue(review.path("authenticated").asBoolean());
        assertEquals("system:serviceaccount:default:robot", review.at("/user/username").asString());
        assertFalse(post(UserInfo.APISERVER, "/apis/authentication.k8s.io/v1/tokenreviews",
                "{'spec': {'token': '" + token + "', 'audiences': ['else']}}", 201).at("/status/authenticated").asBoolean());

        Instant before = now.get();
        now.set(before.plusSeconds(1199));
        authenticate(token);
        now.set(before.plusSeconds(1201));
        assertEquals(401, assertThrows(StatusException.class, () -> authenticate(token)).code());
        now.set(before);
        authenticate(token);
        admin.delete(ResourceType.SERVICE_ACCOUNTS, "default", "robot", DeleteOptions.DEFAULT);
        assertThrows(StatusException.class, () -> authenticate(token));
        create("{kind: ServiceAccount, metadata: {namespace: default, name: robot}}");
        assertThrows(StatusException.class, () -> authenticate(token));

        post(UserInfo.APISERVER, path, "{'spec': {'expirationSeconds': 10}}", 422);
        post(UserInfo.APISERVER, path.replace("robot", "absent"), "{'spec': {}}", 404);
    }

    @Test
    void aTokenForAnotherAudienceIsNoneForThisApi() throws Exception {
        create("{kind: ServiceAccount, metadata: {namespace: default, name: robot}}");
        String token = post(UserInfo.APISERVER, "/api/v1/namespaces/default/serviceaccounts/robot/token",
                "{'spec': {'audiences': ['vault']}}", 201).at("/status/token").asString();
        assertThrows(StatusException.class, () -> authenticate(token));
        JsonNode review = post(UserInfo.APISERVER, "/apis/authentication.k8s.io/v1/tokenreviews",
                "{'spec': {'token': '" + token + "', 'audiences': ['vault', 'else']}}", 201).path("status");
        assertEquals("[\"vault\"]", review.path("audiences").toString());
    }

    @Test
    void aTokenEndsWithThePodItIsBoundTo() throws Exception {
        create("{kind: ServiceAccount, metadata: {namespace: default, name: robot}}");
        create("{kind: Secret, metadata: {namespace: default, name: anchor}, type: Opaque}");
        String token = post(UserInfo.APISERVER, "/api/v1/namespaces/default/serviceaccounts/robot/token",
                "{'spec': {'boundObjectRef': {'kind': 'Secret', 'apiVersion': 'v1', 'name': 'anchor'}}}", 201)
                .at("/status/token").asString();
        authenticate(token);
        admin.delete(ResourceType.SECRETS, "default", "anchor", DeleteOptions.DEFAULT);
        assertThrows(StatusException.class, () -> authenticate(token));
    }

    private UserInfo authenticate(String token) {
        return new ServiceAccountAuthenticator(server.context()).authenticate(
                new Credentials(List.of(), Map.of("authorization", List.of("Bearer " + token)))).orElseThrow();
    }
}
