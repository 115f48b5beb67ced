package dev.fairway.apiserver.kinds;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.apiserver.RunningServer;
import dev.fairway.apiserver.RunningServer.Answer;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Defaults and checks of the kinds that no controller acts on. */
final class PlainKindsTest {
    private static final Map<String, String> APIS = Map.ofEntries(
            Map.entry("ingresses", "/apis/networking.k8s.io/v1/namespaces/default/"),
            Map.entry("networkpolicies", "/apis/networking.k8s.io/v1/namespaces/default/"),
            Map.entry("ingressclasses", "/apis/networking.k8s.io/v1/"),
            Map.entry("ipaddresses", "/apis/networking.k8s.io/v1/"),
            Map.entry("servicecidrs", "/apis/networking.k8s.io/v1/"),
            Map.entry("poddisruptionbudgets", "/apis/policy/v1/namespaces/default/"),
            Map.entry("priorityclasses", "/apis/scheduling.k8s.io/v1/"),
            Map.entry("storageclasses", "/apis/storage.k8s.io/v1/"),
            Map.entry("leases", "/apis/coordination.k8s.io/v1/namespaces/default/"),
            Map.entry("persistentvolumes", "/api/v1/"));
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = new RunningServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String path(String plural) {
        return APIS.getOrDefault(plural, "/api/v1/namespaces/default/") + plural;
    }

    private static Answer create(String plural, String body) {
        return server.post(path(plural), "{\"metadata\":{\"name\":\"x" + NUMBER.incrementAndGet() + "\"}," + body + "}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            networkpolicies       | "spec":{"podSelector":{}}                                            | /spec/policyTypes/0        | Ingress
            networkpolicies       | "spec":{"podSelector":{},"egress":[{}]}                              | /spec/policyTypes/1        | Egress
            networkpolicies       | "spec":{"podSelector":{},"ingress":[{"ports":[{"port":80}]}]}        | /spec/ingress/0/ports/0/protocol | TCP
            persistentvolumeclaims| "spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1024Mi"}}} | /status/phase | Pending
            persistentvolumeclaims| "spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1024Mi"}}} | /spec/volumeMode | Filesystem
            persistentvolumeclaims| "spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1024Mi"}}} | /spec/resources/requests/storage | 1Gi
            persistentvolumes     | "spec":{"accessModes":["ReadWriteOnce"],"capacity":{"storage":1},"hostPath":{"path":"/x"}} | /spec/persistentVolumeReclaimPolicy | Retain
            storageclasses        | "provisioner":"x/y"                                                  | /volumeBindingMode         | Immediate
            priorityclasses       | "value":5                                                            | /preemptionPolicy          | PreemptLowerPriority
            ingressclasses        | "spec":{"controller":"a.io/b","parameters":{"kind":"K","name":"n"}}  | /spec/parameters/scope     | Cluster
            limitranges           | "spec":{"limits":[{"type":"Container","max":{"cpu":2}}]}             | /spec/limits/0/default/cpu | 2
            limitranges           | "spec":{"limits":[{"type":"Container","max":{"cpu":2}}]}             | /spec/limits/0/defaultRequest/cpu | 2
            limitranges           | "spec":{"limits":[{"type":"Container","min":{"cpu":0.5}}]}           | /spec/limits/0/defaultRequest/cpu | 500m
            leases                | "spec":{"renewTime":"2026-01-02T03:04:05+01:00"}                     | /spec/renewTime            | 2026-01-02T02:04:05.000000Z
            """)
    void defaultsAndCanonicalForms(String plural, String body, String pointer, String expected) {
        Answer answer = create(plural, body);
        assertEquals(201, answer.status(), answer.body());
        assertEquals(expected, answer.json().at(pointer).asString(""), answer.body());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            ingresses       | "spec":{}                                                       | spec: Invalid value: "null": either `defaultBackend` or `rules` must be specified
            ingresses       | "spec":{"defaultBackend":{}}                                    | spec.defaultBackend: Invalid value: "": resource or service backend is required
            ingresses       | "spec":{"defaultBackend":{"service":{"name":"s"}}}              | spec.defaultBackend: Required value: port name or number is required
            ingresses       | "spec":{"rules":[{"host":"10.0.0.1","http":{"paths":[]}}]}      | spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP address
            ingresses       | "spec":{"rules":[{"host":"a.*","http":null}]}                   | spec.rules[0].host: Invalid value: "a.*": a wildcard DNS-1123 subdomain must start with '*.'
            ingresses       | "spec":{"rules":[{"http":{"paths":[]}}]}                        | spec.rules[0].http.paths: Required value
            ingresses       | "spec":{"rules":[{"http":{"paths":[{"path":"/","backend":{"service":{"name":"s","port":{"number":1}}}}]}}]} | spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified
            ingresses       | "spec":{"rules":[{"http":{"paths":[{"path":"x","pathType":"Prefix","backend":{"service":{"name":"s","port":{"number":1}}}}]}}]} | spec.rules[0].http.paths[0].path: Invalid value: "x": must be an absolute path
            ingresses       | "spec":{"rules":[{"http":{"paths":[{"path":"/a/../b","pathType":"Exact","backend":{"service":{"name":"s","port":{"number":1}}}}]}}]} | spec.rules[0].http.paths[0].path: Invalid value: "/a/../b": must not contain '/../'
            ingresses       | "spec":{"rules":[{"http":{"paths":[{"path":"/","pathType":"Odd","backend":{"service":{"name":"s","port":{"number":1}}}}]}}]} | spec.rules[0].http.paths[0].pathType: Unsupported value: "Odd": supported values: "Exact", "ImplementationSpecific", "Prefix"
            ingressclasses  | "spec":{}                                                       | spec.controller: Required value
            ingressclasses  | "spec":{"controller":"nobody"}                                  | spec.controller: Invalid value: "nobody": must be a domain-prefixed path (such as "acme.io/foo")
            ingressclasses  | "spec":{"controller":"a.io/b","parameters":{"kind":"K","name":"n","scope":"Namespace"}} | spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'
            networkpolicies | "spec":{"podSelector":{},"policyTypes":["Sideways"]}            | spec.policyTypes[0]: Unsupported value: "Sideways": supported values: "Egress", "Ingress"
            networkpolicies | "spec":{"podSelector":{},"ingress":[{"ports":[{"port":70000}]}]} | spec.ingress[0].ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive
            networkpolicies | "spec":{"podSelector":{},"ingress":[{"ports":[{"port":80,"endPort":79}]}]} | spec.ingress[0].ports[0].endPort: Invalid value: 79: must be greater than or equal to `port`
            networkpolicies | "spec":{"podSelector":{},"ingress":[{"from":[{}]}]}             | spec.ingress[0].from[0]: Required value: must specify a peer
            networkpolicies | "spec":{"podSelector":{},"egress":[{"to":[{"ipBlock":{"cidr":"10.0.0.0/33"}}]}]} | spec.egress[0].to[0].ipBlock.cidr: Invalid value: "10.0.0.0/33": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)
            networkpolicies | "spec":{"podSelector":{},"egress":[{"to":[{"ipBlock":{"cidr":"10.0.0.0/8","except":["11.0.0.0/16"]}}]}]} | spec.egress[0].to[0].ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a strict subset of `cidr`
            networkpolicies | "spec":{"podSelector":{"matchExpressions":[{"key":"a","operator":"In"}]}} | spec.podSelector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'
            servicecidrs    | "spec":{}                                                       | spec.cidrs: Required value: at least one CIDR required
            servicecidrs    | "spec":{"cidrs":["10.1.0.0/16","10.2.0.0/16"]}                  | spec.cidrs: Invalid value: ["10.1.0.0/16","10.2.0.0/16"]: may specify no more than one IP for each IP family
            servicecidrs    | "spec":{"cidrs":["10.1.0.1/16"]}                                | spec.cidrs[0]: Invalid value: "10.1.0.1/16": must not have bits set beyond the prefix length
            ipaddresses     | "spec":{"parentRef":{"resource":"services","name":"s"}}         | must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)
            poddisruptionbudgets | "spec":{"minAvailable":1,"maxUnavailable":1}               | minAvailable and maxUnavailable cannot be both set
            poddisruptionbudgets | "spec":{"minAvailable":"101%"}                             | spec.minAvailable: Invalid value: "101%": must not be greater than 100%
            poddisruptionbudgets | "spec":{"maxUnavailable":-1}                               | spec.maxUnavailable: Invalid value: -1: must be greater than or equal to 0
            priorityclasses | "value":1000000001                                              | value: Forbidden: maximum allowed value of a user defined priority is 1000000000
            leases          | "spec":{"leaseDurationSeconds":0}                               | spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0
            resourcequotas  | "spec":{"hard":{"apples":"1"}}                                  | spec.hard[apples]: Invalid value: "apples": must be a standard resource for quota
            resourcequotas  | "spec":{"hard":{"pods":"1.5"}}                                  | spec.hard[pods]: Invalid value: "1500m": must be an integer
            resourcequotas  | "spec":{"hard":{"cpu":"-1"}}                                    | spec.hard[cpu]: Invalid value: "-1": must be greater than or equal to 0
            limitranges     | "spec":{"limits":[{"type":"Container","min":{"cpu":2},"max":{"cpu":1}}]} | spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1
            limitranges     | "spec":{"limits":[{"type":"Pod","default":{"cpu":2}}]}          | spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'
            persistentvolumeclaims | "spec":{"resources":{"requests":{"storage":"1Gi"}}}      | spec.accessModes: Required value: at least 1 access mode is required
            persistentvolumeclaims | "spec":{"accessModes":["Never"],"resources":{"requests":{"storage":"1Gi"}}} | spec.accessModes[0]: Unsupported value: "Never"
            persistentvolumeclaims | "spec":{"accessModes":["ReadWriteOnce"]}                 | spec.resources[storage]: Required value
            persistentvolumeclaims | "spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"0"}}} | spec.resources[storage]: Invalid value: "0": must be greater than zero
            pods            | "spec":{"containers":[{"name":"c","image":"i","resources":{"requests":{"cpu":2},"limits":{"cpu":"1"}}}]} | spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1
            pods            | "spec":{"containers":[{"name":"c","image":"i","resources":{"limits":{"memory":"-1Mi"}}}]} | spec.containers[0].resources.limits[memory]: Invalid value: "-1Mi": must be greater than or equal to 0
            """)
    void whatIsWrongIsSaidOfItsField(String plural, String body, String message) {
        Answer answer = create(plural, body);
        assertEquals(422, answer.status(), answer.body());
        assertTrue(answer.message().contains(message), answer.message());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            priorityclasses | "value":5                              | {"value":6}                                     | value: Forbidden: may not be changed in an update.
            ingressclasses  | "spec":{"controller":"a.io/b"}         | {"spec":{"controller":"a.io/c"}}                | spec.controller: Invalid value: "a.io/c": field is immutable
            servicecidrs    | "spec":{"cidrs":["10.77.0.0/24"]}      | {"spec":{"cidrs":["10.78.0.0/24"]}}             | spec.cidrs[0]: Invalid value: "10.78.0.0/24": field is immutable
            storageclasses  | "provisioner":"x/y"                    | {"provisioner":"x/z"}                           | provisioner: Forbidden: updates to provisioner are forbidden.
            persistentvolumeclaims | "spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}} | {"spec":{"resources":{"requests":{"storage":"2Gi"}}}} | spec: Forbidden: spec is immutable after creation
            resourcequotas  | "spec":{"scopes":["BestEffort"]}       | {"spec":{"scopes":["Terminating"]}}             | spec.scopes: Invalid value: ["Terminating"]: field is immutable
            """)
    void whatMayNotChange(String plural, String body, String patch, String message) {
        Answer created = create(plural, body);
        assertEquals(201, created.status(), created.body());
        String name = created.json().at("/metadata/name").asString("");
        Answer answer = server.patch(path(plural) + "/" + name, "merge", patch);
        assertEquals(422, answer.status(), answer.body());
        assertTrue(answer.message().contains(message), answer.message());
        assertEquals(200, server.patch(path(plural) + "/" + name, "merge", "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}").status());
    }

    @Test
    void aServiceWithoutANameTakesNoAddress() {
        int before = server.get(path("ipaddresses")).json().path("items").size();
        Answer answer = server.post(path("services"), "{\"spec\":{\"ports\":[{\"port\":80}]}}");
        assertEquals(422, answer.status(), answer.body());
        assertEquals("Service \"\" is invalid: metadata.name: Required value: name or generateName is required", answer.message());
        assertEquals(before, server.get(path("ipaddresses")).json().path("items").size());
    }

    @Test
    void aPodHasThePriorityOfItsClass() {
        server.post(path("priorityclasses"), "{\"metadata\":{\"name\":\"high\"},\"value\":1000,\"preemptionPolicy\":\"Never\"}");
        Answer pod = create("pods", "\"spec\":{\"priorityClassName\":\"high\",\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}");
        assertEquals(1000, pod.json().at("/spec/priority").asInt(0), pod.body());
        assertEquals("Never", pod.json().at("/spec/preemptionPolicy").asString(""));
        Answer unknown = create("pods", "\"spec\":{\"priorityClassName\":\"none\",\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}");
        assertEquals(403, unknown.status());
        assertTrue(unknown.message().endsWith("is forbidden: no PriorityClass with name none was found"), unknown.message());
        Answer system = server.get(path("priorityclasses") + "/system-node-critical");
        assertEquals(2_000_001_000, system.json().path("value").asInt(0), system.body());
    }

    @Test
    void theIssuerOfTokensIsFoundWithItsKeys() {
        Answer issuer = server.get("/.well-known/openid-configuration");
        assertEquals("https://kubernetes.default.svc.cluster.local", issuer.json().path("issuer").asString(""), issuer.body());
        assertTrue(issuer.json().path("jwks_uri").asString("").endsWith("/openid/v1/jwks"));
        Answer keys = server.get("/openid/v1/jwks");
        assertEquals("EC", keys.json().at("/keys/0/kty").asString(""), keys.body());
        assertEquals(issuer.json().at("/id_token_signing_alg_values_supported/0"), keys.json().at("/keys/0/alg"));
    }
}
