package dev.fairway.cluster;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** The machine's own kubectl, with what only newer ones know. */
final class KubectlTest extends KubectlCommands {
    @Override
    String binary() {
        return "kubectl";
    }

    @Test
    void listsEvents(TestInfo test) {
        Kubectl kubectl = fresh(test);
        kubectl.okWith(DEPLOYMENT, "apply", "-f", "-");
        kubectl.ok("rollout", "status", "deployment/web", "--timeout=90s");
        String events = kubectl.ok("events", "--for", "deployment/web");
        assertTrue(events.contains("ScalingReplicaSet"), events);
    }

    @Test
    void appliesOnTheServer(TestInfo test) {
        Kubectl kubectl = fresh(test);
        kubectl.okWith(CONFIG, "apply", "--server-side", "-f", "-");
        String conflict = kubectl.fails(CONFIG.replace("blue", "red"), "apply", "--server-side", "--field-manager=other", "-f", "-");
        assertTrue(conflict.contains("conflict"), conflict);
        kubectl.okWith(CONFIG.replace("blue", "red"), "apply", "--server-side", "--field-manager=other", "--force-conflicts", "-f", "-");
    }

    /** kubectl 1.20 asks for discovery.k8s.io/v1beta1 here, which no Kubernetes since 1.25 serves. */
    @Test
    void describesEndpointSlices() {
        assertContains(populated().ok("describe", "endpointslice", "-l", "kubernetes.io/service-name=web"),
                "AddressType:", "IPv4", "Endpoints:", "Ready:");
    }

    @Test
    void waitsForAField(TestInfo test) {
        Kubectl kubectl = fresh(test);
        kubectl.okWith(DEPLOYMENT, "apply", "-f", "-");
        kubectl.ok("wait", "--for=jsonpath={.status.readyReplicas}=2", "deployment/web", "--timeout=90s");
        assertContains(kubectl.fails("", "wait", "--for=create", "configmap/later", "--timeout=1s"), "timed out");
        kubectl.ok("create", "configmap", "later");
        assertContains(kubectl.ok("wait", "--for=create", "configmap/later", "--timeout=10s"), "condition met");
        assertContains(kubectl.ok("auth", "whoami"), "kubernetes-admin", "system:masters");
    }

    @Test
    void acceptsTheManifestOfTheNodeProxy(TestInfo test) {
        assertContains(fresh(test).in("kube-system").ok("apply", "--dry-run=server", "--validate=true", "-f", "../deploy/daemonset.yaml"),
                "serviceaccount/fairway-proxy created", "clusterrolebinding.rbac.authorization.k8s.io/fairway:node-proxier created",
                "daemonset.apps/fairway-proxy created");
    }
}
