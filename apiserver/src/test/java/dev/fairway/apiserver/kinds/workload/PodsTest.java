package dev.fairway.apiserver.kinds.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.apiserver.RunningServer;
import dev.fairway.apiserver.RunningServer.Answer;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What Pods and their templates take by default, what is wrong with them, and what may change of them. */
class PodsTest {
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static RunningServer server;
    private static String namespace;

    @BeforeAll
    static void start() {
        server = new RunningServer();
        namespace = "/api/v1/namespaces/" + server.namespace();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Answer create(String name, String spec) {
        return server.post(namespace + "/pods", "{\"metadata\":{\"name\":\"" + name + "\"},\"spec\":" + spec.replace('\'', '"') + "}");
    }

    @Test
    void defaults() {
        JsonNode spec = create("d", """
                {'containers':[{'name':'a','image':'x','ports':[{'containerPort':80}],'readinessProbe':{'httpGet':{'port':80}},
                 'resources':{'limits':{'cpu':'1'}},'env':[{'name':'A','valueFrom':{'fieldRef':{'fieldPath':'metadata.name'}}}]},
                 {'name':'b','image':'r:5000/x:v1'},{'name':'c','image':'x@sha256:0000'}],'volumes':[{'name':'v','configMap':{'name':'m'}}]}""").json().path("spec");
        assertEquals("Always", spec.path("restartPolicy").asString());
        assertEquals("ClusterFirst", spec.path("dnsPolicy").asString());
        assertEquals(30, spec.path("terminationGracePeriodSeconds").asInt());
        assertEquals("default-scheduler", spec.path("schedulerName").asString());
        assertEquals("{}", spec.path("securityContext").toString());
        assertTrue(spec.path("enableServiceLinks").asBoolean());
        assertEquals(0, spec.path("priority").asInt(-1));
        assertEquals("PreemptLowerPriority", spec.path("preemptionPolicy").asString());
        assertEquals(2, spec.path("tolerations").size());
        assertEquals(420, spec.at("/volumes/0/configMap/defaultMode").asInt());
        JsonNode first = spec.at("/containers/0");
        assertEquals("Always", first.path("imagePullPolicy").asString());
        assertEquals("IfNotPresent", spec.at("/containers/1/imagePullPolicy").asString());
        assertEquals("IfNotPresent", spec.at("/containers/2/imagePullPolicy").asString());
        assertEquals("1", first.at("/resources/requests/cpu").asString());
        assertEquals("TCP", first.at("/ports/0/protocol").asString());
        assertEquals("v1", first.at("/env/0/valueFrom/fieldRef/apiVersion").asString());
        assertEquals("{\"failureThreshold\":3,\"httpGet\":{\"path\":\"/\",\"port\":80,\"scheme\":\"HTTP\"},\"periodSeconds\":10,\"successThreshold\":1,\"timeoutSeconds\":1}",
                sorted(first.path("readinessProbe")));
    }

    private static String sorted(JsonNode node) {
        return dev.fairway.kube.Json.mapper().writer().with(tools.jackson.databind.SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                .writeValueAsString(dev.fairway.kube.Json.mapper().treeToValue(node, Object.class));
    }

    @Test
    void aPodGetsItsAccountsToken() {
        String home = "/api/v1/namespaces/" + server.namespace();
        String pod = "{\"metadata\":{\"name\":\"%s\"},\"spec\":{%s\"initContainers\":[{\"name\":\"i\",\"image\":\"x\"}],\"containers\":[{\"name\":\"c\",\"image\":\"x\"}]}}";
        Answer before = server.post(home + "/pods", pod.formatted("before", ""));
        assertFalse(before.json().path("spec").has("volumes"), before.body());
        server.post(home + "/serviceaccounts", "{\"metadata\":{\"name\":\"default\"},\"imagePullSecrets\":[{\"name\":\"pull\"}]}");
        JsonNode spec = server.post(home + "/pods", pod.formatted("a", "")).json().path("spec");
        String volume = spec.at("/volumes/0/name").asString();
        assertTrue(volume.matches("kube-api-access-[a-z0-9]{5}"), spec.toString());
        assertEquals(3607, spec.at("/volumes/0/projected/sources/0/serviceAccountToken/expirationSeconds").asInt());
        assertEquals("kube-root-ca.crt", spec.at("/volumes/0/projected/sources/1/configMap/name").asString());
        assertEquals("metadata.namespace", spec.at("/volumes/0/projected/sources/2/downwardAPI/items/0/fieldRef/fieldPath").asString());
        for (String container : new String[] {"initContainers", "containers"}) {
            JsonNode mount = spec.path(container).get(0).at("/volumeMounts/0");
            assertEquals(volume, mount.path("name").asString());
            assertEquals("/var/run/secrets/kubernetes.io/serviceaccount", mount.path("mountPath").asString());
            assertTrue(mount.path("readOnly").asBoolean());
        }
        assertEquals("pull", spec.at("/imagePullSecrets/0/name").asString());
        assertFalse(server.post(home + "/pods", pod.formatted("b", "\"automountServiceAccountToken\":false,")).json().path("spec").has("volumes"));
        server.patch(home + "/serviceaccounts/default", "merge", "{\"automountServiceAccountToken\":false}");
        assertFalse(server.post(home + "/pods", pod.formatted("c", "")).json().path("spec").has("volumes"));
        assertTrue(server.post(home + "/pods", pod.formatted("e", "\"automountServiceAccountToken\":true,")).json().path("spec").has("volumes"));
        Answer nobody = server.post(home + "/pods", pod.formatted("f", "\"serviceAccountName\":\"nobody\","));
        assertEquals(403, nobody.status());
        assertTrue(nobody.message().contains("error looking up service account"), nobody.message());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "'restartPolicy':'Sometimes'|spec.restartPolicy|Unsupported value: \"Sometimes\": supported values: \"Always\", \"Never\", \"OnFailure\"",
        "'dnsPolicy':'None'|spec.dnsConfig|Required value: must provide `dnsConfig` when `dnsPolicy` is None",
        "'dnsConfig':{'nameservers':['x']}|spec.dnsConfig.nameservers[0]|Invalid value: \"x\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
        "'hostAliases':[{'ip':'x','hostnames':['a']}]|spec.hostAliases[0].ip|Invalid value: \"x\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
        "'activeDeadlineSeconds':0|spec.activeDeadlineSeconds|Invalid value: 0: must be between 1 and 2147483647, inclusive",
        "'volumes':[{'name':'v'}]|spec.volumes[0]|Required value: must specify a volume type",
        "'volumes':[{'name':'v','emptyDir':{},'secret':{'secretName':'s'}}]|spec.volumes[0].secret|Forbidden: may not specify more than 1 volume type",
        "'volumes':[{'name':'v','hostPath':{'path':''}}]|spec.volumes[0].hostPath.path|Required value",
        "'volumes':[{'name':'v','configMap':{'name':'m','items':[{'key':'k','path':'../x'}]}}]|spec.volumes[0].configMap.items[0].path|Invalid value: \"../x\": must not contain '..'",
        "'volumes':[{'name':'v','projected':{'sources':[{'serviceAccountToken':{'path':'t','expirationSeconds':5}}]}}]|spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds|Invalid value: 5: may not specify a duration less than 10 minutes",
        "'tolerations':[{'operator':'Equal','value':'x'}]|spec.tolerations[0].operator|Invalid value: \"Equal\": operator must be Exists when `key` is empty, which means \"match all values and all keys\"",
        "'tolerations':[{'key':'k','operator':'Exists','tolerationSeconds':5,'effect':'NoSchedule'}]|spec.tolerations[0].effect|Invalid value: \"NoSchedule\": effect must be 'NoExecute' when `tolerationSeconds` is set",
        "'affinity':{'nodeAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':{'nodeSelectorTerms':[]}}}|spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms|Required value: must have at least one node selector term",
        "'affinity':{'podAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':[{'labelSelector':{}}]}}|spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey|Required value: can not be empty",
        "'topologySpreadConstraints':[{'maxSkew':0,'topologyKey':'z','whenUnsatisfiable':'DoNotSchedule'}]|spec.topologySpreadConstraints[0].maxSkew|Invalid value: 0: must be greater than zero",
        "'securityContext':{'runAsUser':-1}|spec.securityContext.runAsUser|Invalid value: -1: must be between 0 and 2147483647, inclusive",
        "'initContainers':[{'name':'i','image':'x','readinessProbe':{'exec':{'command':['a']}}}]|spec.initContainers[0].readinessProbe|Forbidden: may not be set for init containers without restartPolicy=Always",
        "'initContainers':[{'name':'c','image':'x'}]|spec.containers[0].name|Duplicate value: \"c\"",
        "'schedulingGates':[{'name':'a/b'},{'name':'a/b'}]|spec.schedulingGates[1]|Duplicate value: \"a/b\"",
        "'hostname':'A'|spec.hostname|Invalid value: \"A\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
    })
    void whatIsWrongWithASpec(String field, String path, String message) {
        refused(create("bad", "{" + field + ",'containers':[{'name':'c','image':'x'}]}"), path, message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "'env':[{'name':'A','valueFrom':{}}]|env[0].valueFrom|Invalid value: \"\": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`",
        "'env':[{'name':'A','valueFrom':{'fieldRef':{'fieldPath':'spec.odd'}}}]|env[0].valueFrom.fieldRef.fieldPath|Unsupported value: \"spec.odd\": supported values: \"metadata.name\", \"metadata.namespace\", \"metadata.uid\", \"spec.nodeName\", \"spec.serviceAccountName\", \"status.hostIP\", \"status.hostIPs\", \"status.podIP\", \"status.podIPs\"",
        "'env':[{'name':'A=B','value':'x'}]|env[0].name|Invalid value: \"A=B\": a valid environment variable name must consist only of printable ASCII characters other than '='",
        "'envFrom':[{}]|envFrom[0]|Invalid value: \"\": must specify one of: `configMapRef` or `secretRef`",
        "'resources':{'limits':{'cores':'1'}}|resources.limits|Invalid value: \"cores\": must be a standard resource type or fully qualified",
        "'resources':{'limits':{'cpu':'1'},'requests':{'cpu':'2'}}|resources.requests|Invalid value: \"2\": must be less than or equal to cpu limit of 1",
        "'volumeMounts':[{'name':'v','mountPath':'/x'}]|volumeMounts[0].name|Not found: \"v\"",
        "'ports':[{'containerPort':80},{'containerPort':81,'name':'80'}]|ports[1].name|Invalid value: \"80\": must contain at least one letter (a-z)",
        "'lifecycle':{'preStop':{}}|lifecycle.preStop|Required value: must specify a handler type",
        "'livenessProbe':{'httpGet':{'port':80},'tcpSocket':{'port':80}}|livenessProbe.tcpSocket|Forbidden: may not specify more than 1 handler type",
        "'terminationMessagePolicy':'Never'|terminationMessagePolicy|Unsupported value: \"Never\": supported values: \"FallbackToLogsOnError\", \"File\"",
        "'imagePullPolicy':'Often'|imagePullPolicy|Unsupported value: \"Often\": supported values: \"Always\", \"IfNotPresent\", \"Never\"",
    })
    void whatIsWrongWithAContainer(String field, String path, String message) {
        refused(create("bad", "{'containers':[{'name':'c','image':'x'," + field + "}]}"), "spec.containers[0]." + path, message);
    }

    private static void refused(Answer answer, String path, String message) {
        assertEquals(422, answer.status(), answer.body());
        assertTrue(answer.json().path("details").path("causes").valueStream().anyMatch(cause ->
                cause.path("field").asString().equals(path) && cause.path("message").asString().equals(message)), answer.body());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "{'containers':[{'name':'c','image':'y'}]}|200|",
        "{'containers':[{'name':'d','image':'y'}]}|422|spec.containers",
        "{'activeDeadlineSeconds':50}|200|",
        "{'activeDeadlineSeconds':500}|422|spec.activeDeadlineSeconds",
        "{'tolerations':[{'key':'more','operator':'Exists'}]}|200|",
        "{'tolerations':[{'key':'own','operator':'Exists','effect':'NoSchedule','$patch':'delete'}],'$setElementOrder/tolerations':[]}|422|spec",
        "{'schedulingGates':null}|200|",
        "{'schedulingGates':[{'name':'a/other'}]}|422|spec.schedulingGates",
        "{'nodeSelector':{'a':'b'}}|422|spec",
        "{'restartPolicy':'Never'}|422|spec",
        "{'hostNetwork':true}|422|spec",
    })
    void whatMayChange(String change, int status, String path) {
        String name = "u" + NAMES.incrementAndGet();
        Answer made = create(name, "{'activeDeadlineSeconds':100,'schedulingGates':[{'name':'a/gate'}],"
                + "'tolerations':[{'key':'own','operator':'Exists','effect':'NoSchedule'}],'containers':[{'name':'c','image':'x'}]}");
        assertEquals(201, made.status(), made.body());
        String type = change.contains("tolerations':[{'key':'more") ? "json" : "strategic-merge";
        String body = type.equals("json") ? "[{'op':'add','path':'/spec/tolerations/-','value':{'key':'more','operator':'Exists'}}]" : "{'spec':" + change + "}";
        Answer answer = server.patch(namespace + "/pods/" + name, type, body.replace('\'', '"'));
        if (change.contains("'$patch'")) {
            answer = server.patch(namespace + "/pods/" + name, "json", "[{\"op\":\"remove\",\"path\":\"/spec/tolerations/0\"}]");
        }
        assertEquals(status, answer.status(), answer.body());
        if (status == 422) {
            String field = answer.json().at("/details/causes/0/field").asString();
            assertTrue(field.startsWith(path), answer.body());
        }
    }

    @Test
    void aStatefulSetKeepsWhatItsPodsAreKnownBy() {
        String sets = "/apis/apps/v1" + namespace.substring("/api/v1".length()) + "/statefulsets";
        String set = """
                {"metadata":{"name":"s"},"spec":{"serviceName":"a","selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},
                 "spec":{"containers":[{"name":"c","image":"x"}]}},"volumeClaimTemplates":[{"metadata":{"name":"v"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}]}}""";
        JsonNode made = server.post(sets, set).json();
        assertEquals("Retain", made.at("/spec/persistentVolumeClaimRetentionPolicy/whenDeleted").asString());
        assertEquals("PersistentVolumeClaim", made.at("/spec/volumeClaimTemplates/0/kind").asString());
        assertEquals("Filesystem", made.at("/spec/volumeClaimTemplates/0/spec/volumeMode").asString());
        assertEquals(200, server.put(sets + "/s", set).status());
        assertEquals(200, server.patch(sets + "/s", "merge", "{\"spec\":{\"replicas\":3,\"minReadySeconds\":1,\"ordinals\":{\"start\":1}}}").status());
        for (String change : new String[] {"\"serviceName\":\"b\"", "\"podManagementPolicy\":\"Parallel\"", "\"selector\":{\"matchLabels\":{\"a\":\"c\"}}"}) {
            Answer refused = server.patch(sets + "/s", "merge", "{\"spec\":{" + change + "}}");
            assertEquals(422, refused.status(), change);
            assertTrue(refused.message().contains("updates to statefulset spec for fields other than 'replicas'")
                    || change.startsWith("\"selector"), refused.message());
        }
    }

    @Test
    void aDaemonSetRollsInOneWay() {
        String sets = "/apis/apps/v1" + namespace.substring("/api/v1".length()) + "/daemonsets";
        String set = """
                {"metadata":{"name":"s"},"spec":{"updateStrategy":{"rollingUpdate":{"maxSurge":%s,"maxUnavailable":%s}},"selector":{"matchLabels":{"a":"b"}},
                 "template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"x"}]}}}}""";
        refused(server.post(sets, set.formatted("1", "1")), "spec.updateStrategy.rollingUpdate.maxSurge", "Invalid value: 1: may not be set when maxUnavailable is set");
        refused(server.post(sets, set.formatted("0", "0")), "spec.updateStrategy.rollingUpdate.maxUnavailable", "Required value: cannot be 0 when maxSurge is 0");
        assertEquals(201, server.post(sets, set.formatted("\"50%\"", "0")).status());
    }
}
