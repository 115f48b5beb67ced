package dev.fairway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.kube.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every kubectl must be able to do with a cluster; each test works in a namespace of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class KubectlContract {
    static final String DEPLOYMENT = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, labels: {app: web}}
            spec:
              replicas: 2
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec:
                  containers:
                  - {name: echo, image: fairway.local/echo, ports: [{containerPort: 8080}]}
            """;
    static final String SERVICE = """
            apiVersion: v1
            kind: Service
            metadata: {name: web, labels: {app: web}}
            spec:
              selector: {app: web}
              ports: [{name: http, port: 80, targetPort: 8080}]
            """;
    static final String CONFIG = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: settings, labels: {app: web}}
            data: {color: blue}
            """;

    private Path home;
    private Cluster cluster;
    private int namespaces;

    /** The kubectl to test: a command name or a path. */
    abstract String binary();

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        home = directory;
        ClusterConfig config = ClusterConfig.named("kt" + ProcessHandle.current().pid() % 100_000, home.resolve("cluster"))
                .withApiPort(0)
                .withNodes(2)
                .withPublishedNodePorts(false)
                .withStore(new ClusterConfig.StoreChoice.Memory());
        cluster = Cluster.start(config, line -> { });
    }

    @AfterAll
    void stop() throws Exception {
        cluster.close();
    }

    /** kubectl, standing in a fresh namespace. */
    Kubectl fresh(TestInfo test) {
        Kubectl kubectl = new Kubectl(binary(), cluster.kubeconfig(), "default", home);
        String name = "t" + ++namespaces + "-" + test.getTestMethod().orElseThrow().getName().toLowerCase(java.util.Locale.ROOT);
        kubectl.ok("create", "namespace", name.substring(0, Math.min(50, name.length())));
        return kubectl.in(name.substring(0, Math.min(50, name.length())));
    }

    private static String[] columns(String table) {
        return table.lines().findFirst().orElse("").trim().split("\\s{2,}");
    }

    static void assertContains(String text, String... parts) {
        for (String part : parts) {
            assertTrue(text.contains(part), () -> "\"" + part + "\" is not in:\n" + text);
        }
    }

    @Test
    void appliesUnchangedAndChangedFiles(TestInfo test) {
        Kubectl kubectl = fresh(test);
        assertContains(kubectl.okWith(CONFIG, "apply", "-f", "-"), "configmap/settings created");
        assertContains(kubectl.okWith(CONFIG, "apply", "-f", "-"), "configmap/settings unchanged");
        assertContains(kubectl.okWith(CONFIG.replace("blue", "red"), "apply", "-f", "-"), "configmap/settings configured");
        assertEquals("red", kubectl.ok("get", "cm", "settings", "-o", "jsonpath={.data.color}"));
    }

    @Test
    void rollsADeploymentOutAndBack(TestInfo test) {
        Kubectl kubectl = fresh(test);
        kubectl.okWith(DEPLOYMENT, "apply", "-f", "-");
        assertContains(kubectl.ok("rollout", "status", "deployment/web", "--timeout=90s"), "successfully rolled out");
        kubectl.okWith(DEPLOYMENT.replace("containerPort: 8080", "containerPort: 9090"), "apply", "-f", "-");
        kubectl.ok("rollout", "status", "deployment/web", "--timeout=90s");
        assertEquals("9090", kubectl.ok("get", "deploy", "web", "-o", "jsonpath={.spec.template.spec.containers[0].ports[0].containerPort}"));
        assertContains(kubectl.ok("rollout", "history", "deployment/web"), "REVISION", "1", "2");
        assertContains(kubectl.ok("rollout", "undo", "deployment/web"), "rolled back");
        kubectl.ok("rollout", "status", "deployment/web", "--timeout=90s");
        assertEquals("8080", kubectl.ok("get", "deploy", "web", "-o", "jsonpath={.spec.template.spec.containers[0].ports[0].containerPort}"));
        assertContains(kubectl.ok("rollout", "restart", "deployment/web"), "restarted");
        kubectl.ok("rollout", "status", "deployment/web", "--timeout=90s");
        assertContains(kubectl.ok("scale", "deployment/web", "--replicas=3"), "scaled");
        kubectl.ok("rollout", "status", "deployment/web", "--timeout=90s");
        assertEquals("3", kubectl.ok("get", "deploy", "web", "-o", "jsonpath={.status.readyReplicas}"));
        assertEquals(3, kubectl.ok("get", "pods", "-l", "app=web", "--field-selector=status.phase=Running",
                "--no-headers").lines().filter(line -> !line.contains("Terminating")).count());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            get pods                 | NAME|READY|STATUS|RESTARTS|AGE
            get pods -o wide         | NAME|READY|STATUS|RESTARTS|AGE|IP|NODE|NOMINATED NODE|READINESS GATES
            get services             | NAME|TYPE|CLUSTER-IP|EXTERNAL-IP|PORT(S)|AGE
            get services -o wide     | NAME|TYPE|CLUSTER-IP|EXTERNAL-IP|PORT(S)|AGE|SELECTOR
            get deployments          | NAME|READY|UP-TO-DATE|AVAILABLE|AGE
            get deployments -o wide  | NAME|READY|UP-TO-DATE|AVAILABLE|AGE|CONTAINERS|IMAGES|SELECTOR
            get replicasets          | NAME|DESIRED|CURRENT|READY|AGE
            get endpoints            | NAME|ENDPOINTS|AGE
            get endpointslices       | NAME|ADDRESSTYPE|PORTS|ENDPOINTS|AGE
            get configmaps           | NAME|DATA|AGE
            get secrets              | NAME|TYPE|DATA|AGE
            get namespaces           | NAME|STATUS|AGE
            get nodes                | NAME|STATUS|ROLES|AGE|VERSION
            get nodes -o wide        | NAME|STATUS|ROLES|AGE|VERSION|INTERNAL-IP|EXTERNAL-IP|OS-IMAGE|KERNEL-VERSION|CONTAINER-RUNTIME
            get leases -A            | NAMESPACE|NAME|HOLDER|AGE
            get events               | LAST SEEN|TYPE|REASON|OBJECT|MESSAGE
            get pods -A              | NAMESPACE|NAME|READY|STATUS|RESTARTS|AGE
            """, quoteCharacter = '"', ignoreLeadingAndTrailingWhitespace = true, maxCharsPerColumn = 500)
    void printsKubernetesColumns(String command, @org.junit.jupiter.params.aggregator.AggregateWith(Rest.class) List<String> expected, TestInfo test) {
        Kubectl kubectl = populated();
        assertEquals(expected, Arrays.asList(columns(kubectl.ok(command.split(" ")))));
    }

    /** The cells after the first. */
    static final class Rest implements org.junit.jupiter.params.aggregator.ArgumentsAggregator {
        @Override
        public Object aggregateArguments(
                org.junit.jupiter.params.aggregator.ArgumentsAccessor accessor,
                org.junit.jupiter.api.extension.ParameterContext context) {
            return accessor.toList().stream().skip(1).filter(java.util.Objects::nonNull).map(Object::toString).toList();
        }
    }

    private Kubectl populated;

    /** A namespace with one of everything, made once. */
    Kubectl populated() {
        if (populated == null) {
            Kubectl kubectl = new Kubectl(binary(), cluster.kubeconfig(), "default", home);
            kubectl.ok("create", "namespace", "populated");
            populated = kubectl.in("populated");
            populated.okWith(String.join("---\n", DEPLOYMENT, SERVICE, CONFIG), "apply", "-f", "-");
            populated.ok("create", "secret", "generic", "key", "--from-literal=a=b");
            populated.ok("rollout", "status", "deployment/web", "--timeout=90s");
        }
        return populated;
    }

    @Test
    void selectsSortsAndFormats() {
        Kubectl kubectl = populated();
        assertEquals(2, kubectl.ok("get", "pods", "-l", "app=web", "--no-headers").lines().count());
        assertEquals(2, kubectl.ok("get", "pods", "-l", "app in (web,other),!absent", "--no-headers").lines().count());
        assertEquals("", kubectl.ok("get", "pods", "-l", "app!=web", "--no-headers"));
        String pod = kubectl.ok("get", "pods", "-o", "jsonpath={.items[0].metadata.name}");
        assertContains(kubectl.ok("get", "pods", "--field-selector", "metadata.name=" + pod), pod);
        List<String> sorted = kubectl.ok("get", "pods", "--sort-by=.metadata.name", "-o", "name").lines().toList();
        assertEquals(sorted.stream().sorted().toList(), sorted);
        assertContains(kubectl.ok("get", "service", "web", "-o", "yaml"), "kind: Service", "targetPort: 8080", "sessionAffinity: None");
        assertEquals("List", kubectl.json("get", "pods,services").path("kind").asString(""));
        assertContains(kubectl.ok("get", "pods", "-o", "custom-columns=NODE:.spec.nodeName"), "NODE");
        assertContains(kubectl.ok("get", "all"), "pod/web-", "service/web", "deployment.apps/web", "replicaset.apps/web-");
    }

    @Test
    void watches(TestInfo test) throws IOException {
        Kubectl kubectl = fresh(test);
        Process watch = kubectl.start(Map.of(), "get", "configmaps", "-w", "-o", "name");
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(watch.getInputStream(), StandardCharsets.UTF_8))) {
            kubectl.ok("create", "configmap", "seen", "--from-literal=a=b");
            assertTrue(Stream.generate(() -> line(lines)).limit(20).anyMatch("configmap/seen"::equals));
        } finally {
            watch.destroy();
        }
    }

    private static String line(BufferedReader lines) {
        try {
            return String.valueOf(lines.readLine());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void describes() {
        Kubectl kubectl = populated();
        String pod = kubectl.ok("get", "pods", "-o", "jsonpath={.items[0].metadata.name}");
        String node = kubectl.ok("get", "nodes", "-o", "jsonpath={.items[0].metadata.name}");
        String addresses = kubectl.ok("get", "endpoints", "web", "-o", "jsonpath={.subsets[0].addresses[*].ip}");
        assertContains(kubectl.ok("describe", "service", "web"), "Selector:", "app=web", "TargetPort:", "8080/TCP",
                "Endpoints:", addresses.split(" ")[0] + ":8080", addresses.split(" ")[1] + ":8080");
        assertContains(kubectl.ok("describe", "pod", pod), "Controlled By:", "ReplicaSet/web-", "Ready", "Events:", "Scheduled", "Started");
        assertContains(kubectl.ok("describe", "deployment", "web"), "RollingUpdateStrategy:", "25% max unavailable, 25% max surge",
                "Available", "MinimumReplicasAvailable", "ScalingReplicaSet", "NewReplicaSet:");
        assertContains(kubectl.ok("describe", "replicaset", "-l", "app=web"), "Controlled By:", "Deployment/web", "SuccessfulCreate");
        assertContains(kubectl.ok("describe", "node", node), "Addresses:", "InternalIP", "Capacity:", "Conditions:", "Ready");
    }

    @Test
    void deletesByNameByLabelAndWholeNamespaces(TestInfo test) {
        Kubectl kubectl = fresh(test);
        String namespace = kubectl.json("get", "serviceaccount", "default").path("metadata").path("namespace").asString("");
        kubectl.okWith(String.join("---\n", DEPLOYMENT, SERVICE, CONFIG), "apply", "-f", "-");
        kubectl.ok("create", "configmap", "other");
        assertContains(kubectl.ok("delete", "configmap", "other"), "\"other\" deleted");
        assertContains(kubectl.ok("delete", "configmap,service", "-l", "app=web"), "\"settings\" deleted", "\"web\" deleted");
        kubectl.ok("rollout", "status", "deployment/web", "--timeout=90s");
        kubectl.ok("delete", "namespace", namespace, "--timeout=50s");
        assertContains(kubectl.fails("", "get", "namespace", namespace), "NotFound");
        assertEquals("", kubectl.ok("get", "pods", "-A", "--field-selector", "metadata.namespace=" + namespace, "--no-headers"));
    }

    @Test
    void deletesDependantsWithTheirOwner(TestInfo test) {
        Kubectl kubectl = fresh(test);
        kubectl.okWith(DEPLOYMENT, "apply", "-f", "-");
        kubectl.ok("rollout", "status", "deployment/web", "--timeout=90s");
        kubectl.ok("delete", "deployment", "web", "--cascade=foreground", "--timeout=90s");
        assertEquals("", kubectl.ok("get", "replicasets,pods", "--no-headers"));
    }

    @Test
    void editsInAnEditor(TestInfo test) throws IOException {
        Kubectl kubectl = fresh(test);
        kubectl.okWith(CONFIG, "apply", "-f", "-");
        Path editor = home.resolve("editor");
        Files.writeString(editor, "#!/bin/sh\nexec sed -i s/blue/green/ \"$1\"\n");
        Files.setPosixFilePermissions(editor, PosixFilePermissions.fromString("rwx------"));
        Kubectl.Result edited = kubectl.run("", Map.of("KUBE_EDITOR", editor.toString()), "edit", "configmap", "settings");
        assertEquals(0, edited.exit(), edited::toString);
        assertEquals("green", kubectl.ok("get", "cm", "settings", "-o", "jsonpath={.data.color}"));
    }

    @Test
    void exposesLabelsAndAnnotates(TestInfo test) {
        Kubectl kubectl = fresh(test);
        kubectl.okWith(DEPLOYMENT, "apply", "-f", "-");
        assertContains(kubectl.ok("expose", "deployment", "web", "--port=80", "--target-port=8080", "--type=NodePort"), "exposed");
        assertTrue(kubectl.ok("get", "service", "web").matches("(?s).*80:3[0-2]\\d{3}/TCP.*"));
        assertContains(kubectl.ok("label", "service", "web", "tier=front"), "labeled");
        assertContains(kubectl.ok("get", "service", "-l", "tier=front"), "web");
        assertContains(kubectl.fails("", "label", "service", "web", "tier=back"), "--overwrite");
        kubectl.ok("label", "service", "web", "tier=back", "--overwrite");
        kubectl.ok("label", "service", "web", "tier-");
        kubectl.ok("annotate", "service", "web", "note=hello world");
        assertEquals("hello world", kubectl.ok("get", "service", "web", "-o", "jsonpath={.metadata.annotations.note}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            strategic | {"spec":{"template":{"spec":{"containers":[{"name":"echo","env":[{"name":"A","value":"1"}]}]}}}}
            merge     | {"metadata":{"annotations":{"note":"A"}},"spec":{"replicas":1}}
            json      | [{"op":"replace","path":"/spec/replicas","value":1},{"op":"add","path":"/metadata/labels/a","value":"A"}]
            """)
    void patches(String type, String patch, TestInfo test) {
        Kubectl kubectl = fresh(test);
        kubectl.okWith(DEPLOYMENT, "apply", "-f", "-");
        assertContains(kubectl.ok("patch", "deployment", "web", "--type=" + type, "-p", patch), "patched");
        String container = "{.spec.template.spec.containers[0].";
        assertEquals("fairway.local/echo", kubectl.ok("get", "deployment", "web", "-o", "jsonpath=" + container + "image}"));
        switch (type) {
            case "strategic" -> assertEquals("1", kubectl.ok("get", "deployment", "web", "-o", "jsonpath=" + container + "env[0].value}"));
            case "merge" -> assertEquals("A1", kubectl.ok("get", "deployment", "web", "-o", "jsonpath={.metadata.annotations.note}{.spec.replicas}"));
            default -> assertEquals("A1", kubectl.ok("get", "deployment", "web", "-o", "jsonpath={.metadata.labels.a}{.spec.replicas}"));
        }
    }

    @Test
    void waits(TestInfo test) {
        Kubectl kubectl = fresh(test);
        kubectl.okWith(DEPLOYMENT, "apply", "-f", "-");
        assertContains(kubectl.ok("wait", "--for=condition=Available", "deployment/web", "--timeout=90s"), "condition met");
        kubectl.ok("wait", "--for=condition=Ready", "pod", "-l", "app=web", "--timeout=90s");
        kubectl.ok("delete", "deployment", "web", "--wait=false");
        Kubectl.Result gone = kubectl.run("", "wait", "--for=delete", "pod", "-l", "app=web", "--timeout=50s");
        assertTrue(gone.exit() == 0 || gone.err().contains("no matching resources"), gone::toString);
    }

    @Test
    void listsAndExplainsResources() {
        Kubectl kubectl = populated();
        assertContains(kubectl.ok("api-resources"), "NAME", "SHORTNAMES", "services", "svc", "deployments", "deploy",
                "endpointslices", "discovery.k8s.io/v1");
        assertContains(kubectl.ok("api-versions"), "apps/v1", "v1", "coordination.k8s.io/v1");
        assertContains(kubectl.ok("explain", "service.spec.sessionAffinity"), "sessionAffinity");
        assertContains(kubectl.ok("explain", "deployment.spec.template.spec.containers"), "image", "ports");
        assertContains(kubectl.ok("explain", "pods", "--recursive"), "readinessProbe");
        assertContains(kubectl.fails("", "explain", "service.spec.nonsense"), "nonsense");
        assertContains(kubectl.ok("version"), "Server Version", "v1.");
        assertContains(kubectl.ok("cluster-info"), "control plane");
        assertEquals("ok", kubectl.ok("get", "--raw", "/readyz"));
    }

    @Test
    void showsLogs(TestInfo test) {
        Kubectl kubectl = fresh(test);
        kubectl.ok("run", "speaker", "--image=fairway.local/host", "--restart=Never", "--command", "--", "echo", "spoken words");
        kubectl.ok("wait", "--for=condition=PodScheduled", "pod/speaker", "--timeout=20s");
        String logs = "";
        for (long end = System.nanoTime() + 20_000_000_000L; !logs.contains("spoken words") && System.nanoTime() < end; ) {
            logs = kubectl.run("", "logs", "speaker").out();
        }
        assertContains(logs, "spoken words");
        assertContains(kubectl.ok("logs", "speaker", "--timestamps", "--tail=1"), "T", "Z spoken words");
    }

    @Test
    void dryRunChangesNothing(TestInfo test) {
        Kubectl kubectl = fresh(test);
        assertContains(kubectl.okWith(SERVICE, "apply", "--dry-run=server", "-f", "-"), "created (server dry run)");
        assertContains(kubectl.fails("", "get", "service", "web"), "NotFound");
        kubectl.okWith(SERVICE, "apply", "-f", "-");
        kubectl.ok("delete", "service", "web", "--dry-run=server");
        kubectl.ok("get", "service", "web");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            sessionAffinity: None | sessionAffinity: Sticky | spec.sessionAffinity
            port: 80,             | port: 80808,            | spec.ports[0].port
            name: web             | name: Web_1             | metadata.name
            selector: {app: web}  | clusterIP: 192.0.2.1    | spec.clusterIP
            selector: {app: web}  | type: Balancer          | spec.type
            port: 80,             | port: 80, nodePort: 80, | spec.ports[0].nodePort
            """)
    void refusesABadServiceAndNamesTheField(String find, String replace, String field, TestInfo test) {
        Kubectl kubectl = fresh(test);
        String bad = SERVICE.replace("spec:\n", "spec:\n  sessionAffinity: None\n").replace(find, replace);
        if (replace.contains("nodePort")) {
            bad = bad.replace("spec:\n", "spec:\n  type: NodePort\n");
        }
        assertContains(kubectl.fails(bad, "create", "-f", "-"), field);
        assertEquals("", kubectl.ok("get", "services", "--no-headers"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"create", "apply"})
    void refusesUnknownFieldsAndWrongTypes(String verb, TestInfo test) {
        Kubectl kubectl = fresh(test);
        assertContains(kubectl.fails(SERVICE.replace("selector:", "selektor:"), verb, "-f", "-"), "selektor");
        assertContains(kubectl.fails(SERVICE.replace("port: 80,", "port: eighty,"), verb, "-f", "-"), "port");
        assertEquals("", kubectl.ok("get", "services", "--no-headers"));
    }

    @Test
    void refusesATakenNodePort(TestInfo test) {
        Kubectl kubectl = fresh(test);
        String first = SERVICE.replace("spec:\n", "spec:\n  type: NodePort\n").replace("port: 80,", "port: 80, nodePort: 31999,");
        kubectl.okWith(first, "apply", "-f", "-");
        String second = first.replace("name: web,", "name: web2,");
        assertFalse(second.equals(first));
        assertContains(kubectl.fails(second, "apply", "-f", "-"), "spec.ports[0].nodePort", "31999", "provided port is already allocated");
        kubectl.ok("delete", "service", "web");
        kubectl.okWith(second, "apply", "-f", "-");
    }

    @Test
    void servesTheArticle() {
        Kubectl kubectl = populated();
        String slice = kubectl.ok("get", "endpointslices", "-l", "kubernetes.io/service-name=web", "-o", "json");
        assertEquals(2, Json.parseObject(slice).at("/items/0/endpoints").size());
        assertContains(kubectl.in("default").ok("get", "service", "kubernetes"), "ClusterIP", "443/TCP");
    }
}
