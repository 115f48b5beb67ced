package dev.fairway.cluster;

import static dev.fairway.testkit.Await.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** The commands beside the article's, of every kubectl too. */
abstract class KubectlCommands extends KubectlContract {
    @Test
    void pausesAndResumesARollout(TestInfo test) {
        Kubectl kubectl = fresh(test);
        kubectl.okWith(DEPLOYMENT, "apply", "-f", "-");
        kubectl.ok("rollout", "status", "deployment/web", "--timeout=90s");
        assertContains(kubectl.ok("rollout", "pause", "deployment/web"), "paused");
        assertContains(kubectl.fails("", "rollout", "pause", "deployment/web"), "is already paused");
        assertContains(kubectl.ok("set", "image", "deployment/web", "echo=fairway.local/echo:2"), "image updated");
        kubectl.ok("set", "env", "deployment/web", "COLOR=blue");
        kubectl.ok("set", "resources", "deployment/web", "-c", "echo", "--requests=cpu=10m");
        assertEquals(1, kubectl.json("get", "replicasets").path("items").size(), "a paused Deployment makes no ReplicaSet");
        assertContains(kubectl.ok("rollout", "resume", "deployment/web"), "resumed");
        kubectl.ok("rollout", "status", "deployment/web", "--timeout=90s");
        assertEquals(2, kubectl.json("get", "replicasets").path("items").size());
        assertContains(kubectl.ok("rollout", "history", "deployment/web", "--revision=2"), "fairway.local/echo:2", "COLOR:", "blue", "10m");
        assertContains(kubectl.fails("", "rollout", "undo", "deployment/web", "--to-revision=9"), "unable to find specified revision 9");
        kubectl.ok("rollout", "undo", "deployment/web", "--to-revision=1");
        kubectl.ok("rollout", "status", "deployment/web", "--timeout=90s");
        assertEquals("fairway.local/echo", kubectl.ok("get", "deployment", "web", "-o", "jsonpath={.spec.template.spec.containers[0].image}"));
    }

    @Test
    void replacesWithAndWithoutForce(TestInfo test) {
        Kubectl kubectl = fresh(test);
        assertContains(kubectl.fails(CONFIG, "replace", "-f", "-"), "NotFound");
        kubectl.okWith(CONFIG, "create", "-f", "-");
        assertContains(kubectl.fails(CONFIG, "create", "-f", "-"), "AlreadyExists", "configmaps \"settings\" already exists");
        String uid = kubectl.ok("get", "cm", "settings", "-o", "jsonpath={.metadata.uid}");
        assertContains(kubectl.okWith(CONFIG.replace("blue", "red"), "replace", "-f", "-"), "replaced");
        assertEquals(uid + " red", kubectl.ok("get", "cm", "settings", "-o", "jsonpath={.metadata.uid} {.data.color}"));
        assertContains(kubectl.okWith(CONFIG, "replace", "--force", "-f", "-"), "\"settings\" deleted", "replaced");
        assertFalse(uid.equals(kubectl.ok("get", "cm", "settings", "-o", "jsonpath={.metadata.uid}")));
    }

    @Test
    void comparesAFileWithWhatThereIs(TestInfo test) {
        Kubectl kubectl = fresh(test);
        kubectl.okWith(CONFIG, "apply", "-f", "-");
        kubectl.okWith(CONFIG, "diff", "-f", "-");
        Kubectl.Result differs = kubectl.run(CONFIG.replace("blue", "red"), "diff", "-f", "-");
        assertEquals(1, differs.exit(), differs::toString);
        assertContains(differs.out(), "-  color: blue", "+  color: red");
    }

    @Test
    void makesObjectsWithoutAFile(TestInfo test) {
        Kubectl kubectl = fresh(test);
        kubectl.ok("create", "deployment", "made", "--image=fairway.local/echo", "--replicas=2", "--port=8080");
        kubectl.ok("create", "service", "nodeport", "made", "--tcp=80:8080");
        kubectl.ok("create", "serviceaccount", "made");
        kubectl.ok("create", "role", "made", "--verb=get", "--resource=pods");
        kubectl.ok("create", "secret", "generic", "made", "--from-literal=a=b");
        kubectl.ok("create", "secret", "docker-registry", "registry", "--docker-username=u", "--docker-password=p");
        assertContains(kubectl.ok("get", "secrets", "--field-selector", "type=Opaque", "-o", "name"), "secret/made");
        assertEquals("secret/registry", kubectl.ok("get", "secrets", "--field-selector", "type!=Opaque", "-o", "name").strip());
        kubectl.ok("rollout", "status", "deployment/made", "--timeout=90s");
        assertEquals(2, kubectl.ok("get", "endpoints", "made", "-o", "jsonpath={.subsets[0].addresses[*].ip}").split(" ").length);
        kubectl.ok("delete", "deployment", "made", "--cascade=orphan");
        assertEquals(2, kubectl.json("get", "pods", "-l", "app=made").path("items").size());
        kubectl.ok("delete", "replicaset", "-l", "app=made", "--timeout=60s");
    }

    @Test
    void showsLabelsAsColumns() {
        Kubectl kubectl = populated();
        List<String> lines = kubectl.ok("get", "pods", "-L", "app", "--show-labels").lines().toList();
        assertEquals(List.of("NAME", "READY", "STATUS", "RESTARTS", "AGE", "APP", "LABELS"), Arrays.asList(lines.getFirst().trim().split("\\s{2,}")));
        assertContains(lines.get(1), "web", "app=web,pod-template-hash=");
        String node = kubectl.ok("get", "pods", "-o", "jsonpath={.items[0].spec.nodeName}");
        kubectl.ok("get", "pods", "--field-selector", "spec.nodeName=" + node + ",status.phase=Running", "-o", "name");
        assertEquals("", kubectl.ok("get", "pods", "--field-selector", "spec.nodeName=nowhere", "-o", "name"));
        assertContains(kubectl.ok("get", "events", "--field-selector", "involvedObject.kind=Deployment,reason=ScalingReplicaSet"),
                "deployment/web", "Scaled up replica set web-");
    }

    @Test
    void readsLogsInEveryWay(TestInfo test) {
        Kubectl kubectl = fresh(test);
        kubectl.okWith("""
                apiVersion: v1
                kind: Pod
                metadata: {name: talks, labels: {app: talks}}
                spec:
                  terminationGracePeriodSeconds: 1
                  initContainers:
                  - {name: first, image: fairway.local/host, command: [echo, prepared]}
                  containers:
                  - {name: once, image: fairway.local/host, command: [sh, -c, 'echo one; echo two; echo three; exit 1']}
                  - {name: stays, image: fairway.local/host, command: [sh, -c, 'echo here; exec sleep 1000']}
                """, "apply", "-f", "-");
        until("a restart", () -> kubectl.ok("get", "pod", "talks", "-o",
                "jsonpath={.status.containerStatuses[0].restartCount}").equals("1"));
        assertEquals("prepared\n", kubectl.ok("logs", "talks", "-c", "first"));
        assertEquals("one\ntwo\nthree\n", kubectl.ok("logs", "talks", "-c", "once"));
        assertEquals("three\n", kubectl.ok("logs", "talks", "-c", "once", "--tail=1"));
        assertEquals("one\n", kubectl.ok("logs", "talks", "-c", "once", "--limit-bytes=4"));
        assertEquals("one\ntwo\nthree\n", kubectl.ok("logs", "talks", "-c", "once", "--since=1h"));
        assertEquals("one\ntwo\nthree\n", kubectl.ok("logs", "talks", "-c", "once", "--previous"));
        assertEquals("one\ntwo\nthree\n", kubectl.ok("logs", "-f", "talks", "-c", "once"), "the log of what has ended ends");
        assertContains(kubectl.ok("logs", "talks", "--all-containers"), "one", "here", "prepared");
        assertContains(kubectl.ok("logs", "-l", "app=talks", "--all-containers", "--prefix", "--tail=1"), "[pod/talks/once] three", "[pod/talks/stays] here");
        assertContains(kubectl.fails("", "logs", "talks", "-c", "stays", "--previous"),
                "previous terminated container \"stays\" in pod \"talks\" not found");
        assertContains(kubectl.fails("", "logs", "talks", "-c", "nobody"), "container nobody is not valid for pod talks");
        assertContains(kubectl.ok("delete", "pod", "talks", "--grace-period=0", "--force"), "force deleted");
        assertContains(kubectl.fails("", "get", "pod", "talks"), "NotFound");
    }

    @Test
    void drainsANode(TestInfo test) {
        Kubectl kubectl = fresh(test);
        kubectl.okWith(DEPLOYMENT, "apply", "-f", "-");
        kubectl.ok("rollout", "status", "deployment/web", "--timeout=90s");
        assertContains(kubectl.ok("cordon", "node-2"), "node/node-2 cordoned");
        try {
            assertContains(kubectl.ok("get", "nodes"), "Ready,SchedulingDisabled");
            assertContains(kubectl.ok("drain", "node-2", "--ignore-daemonsets", "--force", "--timeout=90s", "--pod-selector=app=web"), "node/node-2");
            kubectl.ok("rollout", "status", "deployment/web", "--timeout=90s");
            assertEquals("", kubectl.ok("get", "pods", "--field-selector", "spec.nodeName=node-2", "-o", "name"));
        } finally {
            assertContains(kubectl.ok("uncordon", "node-2"), "node/node-2 uncordoned");
        }
        kubectl.ok("taint", "node", "node-2", "test=yes:PreferNoSchedule");
        assertContains(kubectl.ok("describe", "node", "node-2"), "test=yes:PreferNoSchedule", "NodeHasSufficientMemory", "Starting kubelet.");
        kubectl.ok("taint", "node", "node-2", "test-");
    }

    @Test
    void listsResourcesByVerbAndGroup() {
        Kubectl kubectl = populated();
        assertContains(kubectl.ok("api-resources", "--verbs=list,watch", "--namespaced=false", "-o", "name"), "nodes", "namespaces");
        assertEquals("daemonsets.apps,deployments.apps,replicasets.apps,statefulsets.apps,controllerrevisions.apps".split(",").length,
                kubectl.ok("api-resources", "--api-group=apps", "-o", "name").lines().count());
        assertTrue(kubectl.ok("api-resources", "-o", "wide").lines().findFirst().orElse("").contains("VERBS"));
        assertEquals("yes", kubectl.ok("auth", "can-i", "create", "pods").strip());
        assertContains(kubectl.run("", "auth", "can-i", "get", "secrets", "--as=nobody").out(), "no");
        assertContains(kubectl.fails("", "top", "nodes"), "etrics");
    }
}
