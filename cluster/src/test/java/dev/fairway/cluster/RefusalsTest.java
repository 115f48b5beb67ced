package dev.fairway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What kubectl prints when Kubernetes refuses something or warns of it, to the letter. No nodes are needed for that. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RefusalsTest {
    private Cluster cluster;
    private Kubectl kubectl;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        cluster = Cluster.start(ClusterConfig.named("rf" + ProcessHandle.current().pid() % 100_000, directory.resolve("cluster"))
                .withApiPort(0).withNodes(0).withStore(new ClusterConfig.StoreChoice.Memory()), line -> { });
        kubectl = new Kubectl("kubectl", cluster.kubeconfig(), "default", directory);
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    private static final String POD = "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: ";
    private static final String SERVICE = "{apiVersion: v1, kind: Service, metadata: {name: s}, spec: ";
    private static final String DEPLOYMENT = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, spec: ";

    @ParameterizedTest
    @CsvSource(delimiter = '#', quoteCharacter = '~', textBlock = """
            SERVICE {selektor: {a: b}, ports: [{port: 80}]} # Error from server (BadRequest): error when creating "STDIN": Service in version "v1" cannot be handled as a Service: strict decoding error: unknown field "spec.selektor"
            SERVICE {ports: [{port: eighty}]} # Error from server (BadRequest): error when creating "STDIN": Service in version "v1" cannot be handled as a Service: json: cannot unmarshal string into Go struct field ServicePort.spec.ports.port of type int32
            SERVICE {type: Foo, ports: [{port: 80}]} # The Service "s" is invalid: spec.type: Unsupported value: "Foo": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"
            SERVICE {selector: {a: b}} # The Service "s" is invalid: spec.ports: Required value
            SERVICE {ports: [{port: 80, nodePort: 30010}]} # The Service "s" is invalid: spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'
            SERVICE {type: NodePort, ports: [{port: 80, nodePort: 99}]} # The Service "s" is invalid: spec.ports[0].nodePort: Invalid value: 99: provided port is not in the valid range. The range of valid ports is 30000-32767
            SERVICE {clusterIP: 192.168.1.1, ports: [{port: 80}]} # The Service "s" is invalid: spec.clusterIPs: Invalid value: "[\\"192.168.1.1\\"]": failed to allocate IP 192.168.1.1: the provided IP (192.168.1.1) is not in the valid range. The range of valid IPs is 10.96.0.0/12
            SERVICE {clusterIP: 10.96.0.1, ports: [{port: 80}]} # The Service "s" is invalid: spec.clusterIPs: Invalid value: "[\\"10.96.0.1\\"]": failed to allocate IP 10.96.0.1: provided IP is already allocated
            POD {} # The Pod "p" is invalid: spec.containers: Required value
            POD {serviceAccountName: nobody, containers: [{name: a, image: x}]} # Error from server (Forbidden): error when creating "STDIN": pods "p" is forbidden: error looking up service account default/nobody: serviceaccount "nobody" not found
            POD {containers: [{name: a, image: x, resources: {requests: {cpu: 2}, limits: {cpu: 1}}}]} # The Pod "p" is invalid: spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1
            DEPLOYMENT {template: {metadata: {labels: {a: c}}, spec: {containers: [{name: a, image: x}]}}} # The Deployment "d" is invalid: |* spec.selector: Required value|* spec.template.metadata.labels: Invalid value: {"a":"c"}: `selector` does not match template `labels`
            DEPLOYMENT {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: c}}, spec: {containers: [{name: a, image: x}]}}} # The Deployment "d" is invalid: spec.template.metadata.labels: Invalid value: {"a":"c"}: `selector` does not match template `labels`
            """)
    void saysWhatKubernetesSays(String manifest, String expected) {
        String text = "# YAML\n" + manifest.replaceFirst("^SERVICE ", SERVICE).replaceFirst("^POD ", POD)
                .replaceFirst("^DEPLOYMENT ", DEPLOYMENT) + "}\n";
        assertEquals(expected.replace("|*", "\n*"), kubectl.fails(text, "create", "-f", "-").strip());
        assertEquals("", kubectl.ok("get", "pods,deployments", "--no-headers"));
    }

    @Test
    void namesWhatIsMissing() {
        assertEquals("Error from server (NotFound): configmaps \"nope\" not found", kubectl.fails("", "get", "cm", "nope").strip());
        assertTrue(kubectl.fails("", "delete", "ns", "default")
                .contains("Error from server (Forbidden): namespaces \"default\" is forbidden: this namespace may not be deleted"));
        assertTrue(kubectl.fails("", "get", "pods", "--field-selector", "foo=bar").contains("field label not supported: foo"));
    }

    @Test
    void aJsonPatchThatFailsChangesNothing() {
        kubectl.ok("create", "configmap", "kept", "--from-literal=a=b");
        assertEquals("The request is invalid: the server rejected our request due to an error in our request",
                kubectl.fails("", "patch", "cm", "kept", "--type=json", "-p",
                        "[{\"op\":\"add\",\"path\":\"/data/c\",\"value\":\"d\"},{\"op\":\"test\",\"path\":\"/data/a\",\"value\":\"x\"}]").strip());
        assertEquals("{\"a\":\"b\"}", kubectl.ok("get", "cm", "kept", "-o", "jsonpath={.data}"));
    }

    @Test
    void anUpdateThatNamesNoClusterIpKeepsIt() {
        kubectl.ok("create", "service", "clusterip", "keeps", "--tcp=80");
        String before = kubectl.ok("get", "svc", "keeps", "-o", "jsonpath={.spec.clusterIPs}");
        assertEquals("service/keeps patched (no change)",
                kubectl.ok("patch", "svc", "keeps", "--type=merge", "-p", "{\"spec\":{\"clusterIP\":null}}").strip());
        assertEquals(before, kubectl.ok("get", "svc", "keeps", "-o", "jsonpath={.spec.clusterIPs}"));
        assertTrue(kubectl.fails("", "patch", "svc", "keeps", "-p", "{\"spec\":{\"clusterIP\":\"10.96.9.9\"}}")
                .contains("spec.clusterIPs[0]: Invalid value: [\"10.96.9.9\"]: may not change once set"));
    }

    @Test
    void readersOfEndpointsAreWarned() {
        String warning = "Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice";
        assertEquals(warning, kubectl.run("", "get", "endpoints", "-o", "name").err().strip());
        assertEquals("", kubectl.run("", "get", "endpointslices", "-o", "name").err());
    }
}
