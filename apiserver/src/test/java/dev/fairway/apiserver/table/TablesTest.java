package dev.fairway.apiserver.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.fairway.apiserver.builtin.BuiltinResources;
import dev.fairway.apiserver.registry.TablePrinter;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TablesTest {

    private static final String TEMPLATE = """
              template: {spec: {containers: [{name: c1, image: i1}, {name: c2, image: i2}]}}
              selector: {matchLabels: {b: "2", a: "1"}, matchExpressions: [{key: c, operator: In, values: [y, x]}]}
            """;

    static Stream<Arguments> rows() {
        return Stream.of(
                arguments("services", "x | NodePort | 10.96.0.5 | <none> | 8080:30000/TCP | 5m || app=service-test", """
                        spec: {type: NodePort, clusterIP: 10.96.0.5, clusterIPs: [10.96.0.5],
                          ports: [{name: p, port: 8080, targetPort: 8080, nodePort: 30000, protocol: TCP}],
                          selector: {app: service-test}}
                        """),
                arguments("services", "x | ClusterIP | None | 1.2.3.4,5.6.7.8 | <none> | 5m || a=1,b=2", """
                        spec: {type: ClusterIP, clusterIPs: [None], externalIPs: [1.2.3.4, 5.6.7.8], selector: {b: "2", a: "1"}}
                        """),
                arguments("services", "x | LoadBalancer | 10.96.0.9 | <pending> | 53/UDP,53/TCP | 5m || <none>", """
                        spec: {type: LoadBalancer, clusterIPs: [10.96.0.9], ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]}
                        """),
                arguments("services", "x | LoadBalancer | 10.96.0.9 | 9.9.9.9,lb.example,1.2.3.4 | 53/UDP | 5m || <none>", """
                        spec: {type: LoadBalancer, clusterIPs: [10.96.0.9], externalIPs: [1.2.3.4], ports: [{port: 53, protocol: UDP}]}
                        status: {loadBalancer: {ingress: [{hostname: lb.example}, {ip: 9.9.9.9}]}}
                        """),
                arguments("services", "x | ExternalName | <none> | db.example.com | <none> | 5m || <none>",
                        "spec: {type: ExternalName, externalName: db.example.com}"),
                arguments("endpoints", "x | <none> | 5m", "{}"),
                arguments("endpoints", "x | 10.0.0.1:80,10.0.0.2:80,[fd00::1]:80 + 1 more... | 5m", """
                        subsets: [{addresses: [{ip: 10.0.0.1}, {ip: 10.0.0.2}, {ip: "fd00::1"}, {ip: 10.0.0.4}], ports: [{port: 80}]}]
                        """),
                arguments("endpoints", "x | 10.0.0.1,10.0.0.2:80 | 5m", """
                        subsets: [{addresses: [{ip: 10.0.0.1}]}, {addresses: [{ip: 10.0.0.2}], ports: [{port: 80}]}]
                        """),
                arguments("endpoints", "x |  | 5m", "subsets: [{notReadyAddresses: [{ip: 10.0.0.1}], ports: [{port: 80}]}]"),
                arguments("endpointslices.discovery.k8s.io", "x | IPv4 | 80,*,web + 1 more... | 10.0.0.1,10.0.0.2 | 5m", """
                        addressType: IPv4
                        ports: [{port: 80}, {}, {name: web}, {port: 81}]
                        endpoints: [{addresses: [10.0.0.1]}, {addresses: [10.0.0.2]}]
                        """),
                arguments("endpointslices.discovery.k8s.io", "x | IPv6 | <unset> | <unset> | 5m", "addressType: IPv6"),
                arguments("nodes", "x | Ready | control-plane,worker | 5m | v1.36.2"
                        + " || 10.0.0.1 | <none> | Debian | 6.18 | fairway://0.1", """
                        metadata: {labels: {node-role.kubernetes.io/worker: "", kubernetes.io/role: control-plane}}
                        status: {conditions: [{type: Ready, status: "True"}], addresses: [{type: Hostname, address: x},
                          {type: InternalIP, address: 10.0.0.1}], nodeInfo: {kubeletVersion: v1.36.2, osImage: Debian,
                          kernelVersion: "6.18", containerRuntimeVersion: "fairway://0.1"}}
                        """),
                arguments("nodes", "x | NotReady,SchedulingDisabled | <none> | 5m | "
                        + " || <none> | <none> | <unknown> | <unknown> | <unknown>", """
                        spec: {unschedulable: true}
                        status: {conditions: [{type: Ready, status: Unknown}]}
                        """),
                arguments("nodes", "x | Unknown | <none> | 5m |  || <none> | <none> | <unknown> | <unknown> | <unknown>", "{}"),
                arguments("namespaces", "x | Active | 5m", "status: {phase: Active}"),
                arguments("configmaps", "x | 3 | 5m", "{data: {a: b, c: d}, binaryData: {e: Zg==}}"),
                arguments("secrets", "x | Opaque | 1 | 5m", "{type: Opaque, data: {a: Yg==}}"),
                arguments("serviceaccounts", "x | 5m", "{secrets: [{name: a}]}"),
                arguments("events", "30s | Normal | Killing | pod/web | Stopping it"
                        + " || spec.containers{c} | node-agent, node-a | 10m | 4 | x", """
                        involvedObject: {kind: Pod, name: web, fieldPath: "spec.containers{c}"}
                        {ts}
                        count: 4
                        type: Normal
                        reason: Killing
                        message: " Stopping it\\n"
                        source: {component: node-agent, host: node-a}
                        """.replace("{ts}", "firstTimestamp: 2026-03-01T11:50:00Z\nlastTimestamp: 2026-03-01T11:59:30Z")),
                arguments("events", "10s | Warning | Bad | node |  ||  | ctl, i-1 | 10s | 1 | x", """
                        involvedObject: {kind: Node}
                        eventTime: 2026-03-01T11:59:50.000000Z
                        type: Warning
                        reason: Bad
                        reportingComponent: ctl
                        reportingInstance: i-1
                        """),
                arguments("events", "5s | Normal | R | pod/p | n ||  | ctl | 1m | 9 | x".replace("1m", "60s"), """
                        regarding: {kind: Pod, name: p}
                        eventTime: 2026-03-01T11:59:00.000000Z
                        series: {count: 9, lastObservedTime: 2026-03-01T11:59:55.000000Z}
                        type: Normal
                        reason: R
                        note: n
                        reportingController: ctl
                        """),
                arguments("events", "<unknown> |  |  |  |  ||  |  | <unknown> | 1 | x", "{}"),
                arguments("resourcequotas", "x | cpu: 100m/1, pods: 0/5 | limits.cpu: 1/2 | 5m",
                        "status: {hard: {cpu: \"1\", pods: \"5\", limits.cpu: \"2\"}, used: {cpu: 100m, limits.cpu: \"1\"}}"),
                arguments("limitranges", "x | 2026-03-01T11:55:00Z", "{}"),
                arguments("deployments.apps", "x | 1/3 | 2 | 1 | 5m || c1,c2 | i1,i2 | a=1,b=2,c in (x,y)",
                        "status: {readyReplicas: 1, updatedReplicas: 2, availableReplicas: 1}\nspec:\n  replicas: 3\n" + TEMPLATE),
                arguments("replicasets.apps", "x | 3 | 2 | 1 | 5m || c1,c2 | i1,i2 | a=1,b=2,c in (x,y)",
                        "status: {replicas: 2, readyReplicas: 1}\nspec:\n  replicas: 3\n" + TEMPLATE),
                arguments("replicationcontrollers", "x | 3 | 0 | 0 | 5m || c | i | a=1",
                        "spec: {replicas: 3, selector: {a: \"1\"}, template: {spec: {containers: [{name: c, image: i}]}}}"),
                arguments("statefulsets.apps", "x | 0/2 | 5m || c1,c2 | i1,i2", "spec:\n  replicas: 2\n" + TEMPLATE),
                arguments("daemonsets.apps", "x | 5 | 4 | 3 | 2 | 1 | <none> | 5m || c1,c2 | i1,i2 | a=1,b=2,c in (x,y)", """
                        status: {desiredNumberScheduled: 5, currentNumberScheduled: 4, numberReady: 3,
                          updatedNumberScheduled: 2, numberAvailable: 1}
                        spec:
                        """ + TEMPLATE),
                arguments("jobs.batch", "x | Running | 0/1 | 100s | 5m ||  |  | <none>",
                        "status: {startTime: 2026-03-01T11:58:20Z}"),
                arguments("jobs.batch", "x | Complete | 2/2 | 10s | 5m ||  |  | <none>", """
                        spec: {completions: 2}
                        status: {succeeded: 2, startTime: 2026-03-01T11:58:20Z, completionTime: 2026-03-01T11:58:30Z,
                          conditions: [{type: Complete, status: "True"}]}
                        """),
                arguments("cronjobs.batch", "x | * * * * * | <none> | False | 0 | <none> | 5m ||  |  | <none>",
                        "spec: {schedule: \"* * * * *\", suspend: false}"),
                arguments("controllerrevisions.apps", "x | daemonset.apps/d | 3 | 5m", """
                        metadata: {ownerReferences: [{apiVersion: apps/v1, kind: DaemonSet, name: d, controller: true}]}
                        revision: 3
                        """),
                arguments("ingresses.networking.k8s.io", "x | nginx | a.example,b.example | 1.2.3.4 | 80, 443 | 5m", """
                        spec: {ingressClassName: nginx, tls: [{}], rules: [{host: a.example}, {}, {host: b.example}]}
                        status: {loadBalancer: {ingress: [{ip: 1.2.3.4}]}}
                        """),
                arguments("ingresses.networking.k8s.io", "x | <none> | * |  | 80 | 5m", "spec: {}"),
                arguments("ingressclasses.networking.k8s.io", "x | example.com/c | Params.example.com/p | 5m",
                        "spec: {controller: example.com/c, parameters: {apiGroup: example.com, kind: Params, name: p}}"),
                arguments("networkpolicies.networking.k8s.io", "x | <none> | 5m", "spec: {podSelector: {}}"),
                arguments("networkpolicies.networking.k8s.io", "x | !b,a=1 | 5m".replace("!b,a=1", "a=1,!b"),
                        "spec: {podSelector: {matchLabels: {a: \"1\"}, matchExpressions: [{key: b, operator: DoesNotExist}]}}"),
                arguments("networkpolicies.networking.k8s.io", "x | <error> | 5m",
                        "spec: {podSelector: {matchExpressions: [{key: b, operator: Near}]}}"),
                arguments("servicecidrs.networking.k8s.io", "x | 10.96.0.0/12,fd00::/108 | 5m",
                        "spec: {cidrs: [10.96.0.0/12, \"fd00::/108\"]}"),
                arguments("ipaddresses.networking.k8s.io", "x | services/default/kubernetes",
                        "spec: {parentRef: {resource: services, namespace: default, name: kubernetes}}"),
                arguments("ipaddresses.networking.k8s.io", "x | gateways.example.com/g",
                        "spec: {parentRef: {group: example.com, resource: gateways, name: g}}"),
                arguments("poddisruptionbudgets.policy", "x | 50% | N/A | 1 | 5m",
                        "{spec: {minAvailable: 50%}, status: {disruptionsAllowed: 1}}"),
                arguments("poddisruptionbudgets.policy", "x | N/A | 1 | 0 | 5m", "spec: {maxUnavailable: 1}"),
                arguments("priorityclasses.scheduling.k8s.io", "x | 1000 | false | 5m | Never",
                        "{value: 1000, preemptionPolicy: Never}"),
                arguments("persistentvolumeclaims", "x | Pending |  |  |  | fast | <unset> | 5m || Filesystem",
                        "{spec: {storageClassName: fast, volumeMode: Filesystem}, status: {phase: Pending}}"),
                arguments("persistentvolumeclaims", "x | Bound | pv1 | 5Gi | RWO,ROX | fast | gold | 5m || <unset>", """
                        spec: {storageClassName: fast, volumeName: pv1, volumeAttributesClassName: gold}
                        status: {phase: Bound, capacity: {storage: 5Gi}, accessModes: [ReadOnlyMany, ReadWriteOnce]}
                        """),
                arguments("persistentvolumes", "x | 5Gi | RWX | Retain | Terminating | ns/c |  | <unset> |  | 5m || <unset>", """
                        metadata: {deletionTimestamp: "2026-03-01T12:00:10Z"}
                        spec: {capacity: {storage: 5Gi}, accessModes: [ReadWriteMany], persistentVolumeReclaimPolicy: Retain,
                          claimRef: {namespace: ns, name: c}}
                        """),
                arguments("storageclasses.storage.k8s.io", "x (default) | p | Delete | Immediate | false | 5m",
                        "{metadata: {annotations: {storageclass.kubernetes.io/is-default-class: \"true\"}}, provisioner: p}"),
                arguments("leases.coordination.k8s.io", "x | node-a | 5m", "spec: {holderIdentity: node-a}"),
                arguments("roles.rbac.authorization.k8s.io", "x | 2026-03-01T11:55:00Z", "{}"),
                arguments("clusterrolebindings.rbac.authorization.k8s.io",
                        "x | ClusterRole/admin | 5m || u1, u2 | g | ns/sa", """
                        roleRef: {kind: ClusterRole, name: admin}
                        subjects: [{kind: User, name: u1}, {kind: Group, name: g}, {kind: User, name: u2},
                          {kind: ServiceAccount, namespace: ns, name: sa}]
                        """),
                arguments("certificatesigningrequests.certificates.k8s.io", "x | 5m | s | u | 24h | Approved,Issued", """
                        spec: {signerName: s, username: u, expirationSeconds: 86400}
                        status: {conditions: [{type: Approved}], certificate: Zm9v}
                        """),
                arguments("widgets.example.com", "x | 5m", "{}"));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("rows")
    void rowsAreKubernetesOwn(String resource, String expected, String yaml) {
        assertEquals(expected, Yaml.row(printer(resource), yaml));
    }

    @ParameterizedTest
    @CsvSource({
        "services,NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE || SELECTOR",
        "nodes,NAME STATUS ROLES AGE VERSION || INTERNAL-IP EXTERNAL-IP OS-IMAGE KERNEL-VERSION CONTAINER-RUNTIME",
        "deployments.apps,NAME READY UP-TO-DATE AVAILABLE AGE || CONTAINERS IMAGES SELECTOR",
        "replicasets.apps,NAME DESIRED CURRENT READY AGE || CONTAINERS IMAGES SELECTOR",
        "statefulsets.apps,NAME READY AGE || CONTAINERS IMAGES",
        "daemonsets.apps,NAME DESIRED CURRENT READY UP-TO-DATE AVAILABLE NODE_SELECTOR AGE || CONTAINERS IMAGES SELECTOR",
        "endpointslices.discovery.k8s.io,NAME ADDRESSTYPE PORTS ENDPOINTS AGE",
        "ingresses.networking.k8s.io,NAME CLASS HOSTS ADDRESS PORTS AGE",
        "rolebindings.rbac.authorization.k8s.io,NAME ROLE AGE || USERS GROUPS SERVICEACCOUNTS",
        "persistentvolumeclaims,"
            + "NAME STATUS VOLUME CAPACITY ACCESS_MODES STORAGECLASS VOLUMEATTRIBUTESCLASS AGE || VOLUMEMODE",
        "customresourcedefinitions.apiextensions.k8s.io,NAME CREATED_AT",
        "leases.coordination.k8s.io,NAME HOLDER AGE",
    })
    void headingsAreKubernetesOwn(String resource, String expected) {
        assertEquals(expected, Yaml.headings(printer(resource)));
    }

    @Test
    void eventsPutTheirNameLast() {
        assertEquals("LAST_SEEN TYPE REASON OBJECT || SUBOBJECT SOURCE MESSAGE FIRST_SEEN COUNT NAME",
                Yaml.headings(CoreTables.EVENT));
    }

    @Test
    void everyBuiltinKindMakesAWholeRowOfAnEmptyObject() {
        for (var resource : BuiltinResources.all()) {
            TablePrinter printer = resource.printer().apply("v1");
            assertEquals(printer.columns().size(), printer.cells(Yaml.object("{}"), Yaml.NOW).size(), resource.plural());
            assertEquals(1, printer.columns().stream().filter(column -> column.format().equals("name")).count());
            for (var column : printer.columns()) {
                assertTrue(column.description().endsWith("."), column.name());
                assertFalse(column.type().isEmpty(), column.name());
            }
        }
    }

    private static TablePrinter printer(String resource) {
        int dot = resource.indexOf('.');
        return dot < 0 ? Printers.of("", resource)
                : Printers.of(resource.substring(dot + 1), resource.substring(0, dot));
    }
}
