package dev.fairway.node.agent;

import dev.fairway.kube.KubeObject;
import dev.fairway.kube.KubernetesVersion;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.Times;
import dev.fairway.node.network.NodeNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/** What a node says of itself: labels, addresses, capacity, conditions, system information. */
final class NodeObject {
    /** Pods that fit one podCIDR. */
    private static final int MAX_PODS = 1000;

    /** What a kubelet's Events say of a node that starts, in this order. */
    static final List<String> STATES =
            List.of("NodeHasSufficientMemory", "NodeHasNoDiskPressure", "NodeHasSufficientPID", "NodeReady");

    private NodeObject() {}

    /** The Node object to register. */
    static KubeObject of(NodeNetwork network, String zone, Instant now) {
        KubeObject node = KubeObject.of(ResourceType.NODES, "", network.name());
        node.metadata().putObject("labels")
                .put("kubernetes.io/hostname", network.name())
                .put("kubernetes.io/os", "linux")
                .put("kubernetes.io/arch", architecture())
                .put("beta.kubernetes.io/os", "linux")
                .put("beta.kubernetes.io/arch", architecture())
                .put("topology.kubernetes.io/zone", zone);
        String podCidr = network.podCidr().toString();
        node.spec().put("podCIDR", podCidr).putArray("podCIDRs").add(podCidr);
        node.json().set("status", status(network, MissingNode.getInstance(), now));
        return node;
    }

    /**
     * What the node is like.
     *
     * @param before its conditions until now, which keep the time of their last change
     */
    static ObjectNode status(NodeNetwork network, JsonNode before, Instant now) {
        ObjectNode status = dev.fairway.kube.Json.object();
        ArrayNode addresses = status.putArray("addresses");
        addresses.addObject().put("type", "InternalIP").put("address", network.address().getHostAddress());
        addresses.addObject().put("type", "Hostname").put("address", network.name());
        for (String field : new String[] {"capacity", "allocatable"}) {
            ObjectNode amounts = status.putObject(field);
            allocatable().forEach(amounts::put);
        }
        ArrayNode conditions = status.putArray("conditions");
        condition(conditions, before, "MemoryPressure", false, "KubeletHasSufficientMemory", "kubelet has sufficient memory available", now);
        condition(conditions, before, "DiskPressure", false, "KubeletHasNoDiskPressure", "kubelet has no disk pressure", now);
        condition(conditions, before, "PIDPressure", false, "KubeletHasSufficientPID", "kubelet has sufficient PID available", now);
        condition(conditions, before, "Ready", true, "KubeletReady", "kubelet is posting ready status", now);
        status.putObject("daemonEndpoints").putObject("kubeletEndpoint").put("Port", 10250);
        status.putObject("nodeInfo")
                .put("architecture", architecture())
                .put("bootID", read("/proc/sys/kernel/random/boot_id"))
                .put("containerRuntimeVersion", "fairway://0.1.0")
                .put("kernelVersion", read("/proc/sys/kernel/osrelease"))
                .put("kubeProxyVersion", "")
                .put("kubeletVersion", KubernetesVersion.FAIRWAY)
                .put("machineID", read("/etc/machine-id"))
                .put("operatingSystem", "linux")
                .put("osImage", osImage())
                .put("systemUUID", systemUuid());
        return status;
    }

    /** What Pods may use of the node. */
    static Map<String, String> allocatable() {
        return Map.of(
                "cpu", Integer.toString(Runtime.getRuntime().availableProcessors()),
                "memory", memoryKilobytes() + "Ki",
                "ephemeral-storage", "0",
                "pods", Integer.toString(MAX_PODS));
    }

    private static void condition(ArrayNode conditions, JsonNode before, String type, boolean holds, String reason, String message, Instant now) {
        String status = holds ? "True" : "False";
        String since = before.valueStream()
                .filter(each -> each.path("type").asString("").equals(type) && each.path("status").asString("").equals(status))
                .map(each -> each.path("lastTransitionTime").asString(""))
                .findFirst()
                .orElse(Times.format(now));
        conditions.addObject()
                .put("type", type)
                .put("status", status)
                .put("lastHeartbeatTime", Times.format(now))
                .put("lastTransitionTime", since)
                .put("reason", reason)
                .put("message", message);
    }

    /** Where the firmware tells none, the machine's id serves. */
    private static String systemUuid() {
        String uuid = read("/sys/class/dmi/id/product_uuid");
        return uuid.isEmpty() ? read("/etc/machine-id") : uuid;
    }

    private static String architecture() {
        return switch (System.getProperty("os.arch")) {
            case "aarch64" -> "arm64";
            default -> "amd64";
        };
    }

    private static long memoryKilobytes() {
        return read("/proc/meminfo").lines()
                .filter(line -> line.startsWith("MemTotal:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }

    private static String osImage() {
        return read("/etc/os-release").lines()
                .filter(line -> line.startsWith("PRETTY_NAME="))
                .map(line -> line.substring(line.indexOf('=') + 1).replace("\"", ""))
                .findFirst()
                .orElse("Linux");
    }

    /** A file's text, or nothing where there is no such file: none of this is needed to run Pods. */
    private static String read(String file) {
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
