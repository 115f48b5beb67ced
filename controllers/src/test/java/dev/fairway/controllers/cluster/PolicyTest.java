package dev.fairway.controllers.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.fairway.controllers.ControllerConfig;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.DeleteOptions;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyTest {
    private static final ResourceType BUDGETS =
            new ResourceType("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", true);
    private static final ResourceType ROLES =
            new ResourceType("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", false);
    private static final ResourceType CIDRS =
            new ResourceType("networking.k8s.io", "v1", "servicecidrs", "ServiceCIDR", false);
    private static final ResourceType ADDRESSES =
            new ResourceType("networking.k8s.io", "v1", "ipaddresses", "IPAddress", false);

    @TempDir
    private Path dir;
    private TestCluster cluster;

    @BeforeEach
    void start() throws InterruptedException {
        cluster = new TestCluster(dir, ControllerConfig.DEFAULT, 2);
        cluster.createNamespace("ns");
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void budgetsFollowTheirPods() throws InterruptedException {
        cluster.create(BUDGETS, """
                {apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: {namespace: 'ns', name: 'b'},
                 spec: {maxUnavailable: 1, selector: {matchLabels: {app: 'web'}}}}""");
        cluster.createDeployment("web", 3);
        cluster.awaitRollout("web");
        cluster.await(BUDGETS, "ns", "b", budget -> budget.at("/status/disruptionsAllowed").asInt(0) == 1
                && budget.at("/status/expectedPods").asInt(0) == 3);
        cluster.patch(ResourceType.DEPLOYMENTS, "ns", "web", "{spec: {replicas: 0}}");
        cluster.await(BUDGETS, "ns", "b", budget -> budget.at("/status/expectedPods").asInt(-1) == 0);
    }

    @Test
    void secretsOfTokensGoWithTheirAccount() throws InterruptedException {
        cluster.create(ResourceType.SERVICE_ACCOUNTS, "{apiVersion: 'v1', kind: 'ServiceAccount', metadata: {namespace: 'ns', name: 'bot'}}");
        String secret = "{apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/service-account-token', metadata: {namespace: 'ns',"
                + " name: '%s', annotations: {'kubernetes.io/service-account.name': '%s'}}}";
        cluster.create(ResourceType.SECRETS, secret.formatted("a", "bot"));
        cluster.create(ResourceType.SECRETS, secret.formatted("b", "nobody"));
        cluster.awaitGone(ResourceType.SECRETS, "ns", "b");
        assertEquals("a", cluster.client.get(ResourceType.SECRETS, "ns", "a").name());
        cluster.client.delete(ResourceType.SERVICE_ACCOUNTS, "ns", "bot", DeleteOptions.DEFAULT);
        cluster.awaitGone(ResourceType.SECRETS, "ns", "a");
    }

    @Test
    void aggregatedRolesFollowTheirParts() throws InterruptedException {
        cluster.create(ROLES, """
                {apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: {name: 'sum'},
                 aggregationRule: {clusterRoleSelectors: [{matchLabels: {part: 'sum'}}]}, rules: []}""");
        cluster.create(ROLES, """
                {apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: {name: 'part', labels: {part: 'sum'}},
                 rules: [{apiGroups: [''], resources: ['pods'], verbs: ['get']}]}""");
        cluster.await(ROLES, "", "sum", role -> role.at("/rules").size() == 1);
        cluster.client.delete(ROLES, "", "part", DeleteOptions.DEFAULT);
        cluster.await(ROLES, "", "sum", role -> role.at("/rules").isEmpty());
    }

    @Test
    void rangesBecomeReadyAndLostAddressesComeBack() throws InterruptedException {
        cluster.await("every range is ready", CIDRS, cidrs -> !cidrs.isEmpty() && cidrs.stream().allMatch(cidr ->
                cidr.string("/status/conditions/0/status").equals("True")
                        && cidr.finalizers().contains("networking.k8s.io/service-cidr-finalizer")));
        KubeObject service = cluster.create(ResourceType.SERVICES, """
                {apiVersion: 'v1', kind: 'Service', metadata: {namespace: 'ns', name: 'web'}, spec: {ports: [{port: 80}]}}""");
        String ip = service.string("/spec/clusterIP");
        KubeObject before = cluster.await(ADDRESSES, "", ip, address -> true);
        cluster.client.delete(ADDRESSES, "", ip, DeleteOptions.DEFAULT);
        KubeObject again = cluster.await(ADDRESSES, "", ip, address -> !address.uid().equals(before.uid()));
        assertEquals("web", again.string("/spec/parentRef/name"));
    }
}
