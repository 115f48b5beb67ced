package dev.fairway.node.agent;

import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.Times;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Computes {@code v1.PodStatus} from what is known of a Pod's containers. Pure. */
final class PodStatus {
    private static final Set<String> OWN =
            Set.of("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled");

    /**
     * What the agent knows.
     *
     * @param podIp empty before the Pod has a network
     */
    record Facts(
            KubeObject pod, List<Container> init, List<Container> main, Optional<String> podIp, String hostIp,
            Instant startTime, Instant now) {}

    private final Facts facts;

    private PodStatus(Facts facts) {
        this.facts = facts;
    }

    static ObjectNode of(Facts facts) {
        return new PodStatus(facts).build();
    }

    private ObjectNode build() {
        ObjectNode status = Json.object();
        String phase = phase(facts);
        status.put("phase", phase);
        status.put("hostIP", facts.hostIp());
        status.putArray("hostIPs").addObject().put("ip", facts.hostIp());
        status.put("startTime", Times.format(facts.startTime()));
        status.put("observedGeneration", facts.pod().generation());
        facts.podIp().ifPresent(ip -> {
            status.put("podIP", ip);
            status.putArray("podIPs").addObject().put("ip", ip);
        });
        conditions(status.putArray("conditions"), phase);
        if (!facts.init().isEmpty()) {
            statuses(status.putArray("initContainerStatuses"), facts.init());
        }
        statuses(status.putArray("containerStatuses"), facts.main());
        return status;
    }

    /** As kubelet's getPhase has it. */
    static String phase(Facts facts) {
        if (facts.init().stream().anyMatch(each -> each.ended() && !each.succeeded()) && never(facts.pod())) {
            return "Failed";
        }
        if (!facts.init().stream().allMatch(Container::succeeded)) {
            return "Pending";
        }
        boolean running = facts.main().stream().anyMatch(each -> each.running.isPresent());
        boolean waiting = facts.main().stream().anyMatch(each -> each.state instanceof ContainerState.Waiting);
        boolean everRan = facts.main().stream().anyMatch(each -> each.last.isPresent() || each.ended());
        if (running || everRan && waiting) {
            return waiting && !everRan ? "Pending" : "Running";
        }
        if (waiting) {
            return "Pending";
        }
        if (facts.main().stream().allMatch(Container::succeeded)) {
            return restartPolicy(facts.pod()).equals("Always") && !facts.pod().deleting() ? "Running" : "Succeeded";
        }
        return never(facts.pod()) || facts.pod().deleting() ? "Failed" : "Running";
    }

    private static boolean never(KubeObject pod) {
        return restartPolicy(pod).equals("Never");
    }

    static String restartPolicy(KubeObject pod) {
        return pod.at("/spec/restartPolicy").asString("Always");
    }

    private void conditions(ArrayNode conditions, String phase) {
        String unready = facts.main().stream().filter(each -> !each.ready).map(Container::name).collect(Collectors.joining(" "));
        boolean completed = phase.equals("Succeeded");
        boolean initialized = facts.init().stream().allMatch(Container::succeeded);
        boolean ready = unready.isEmpty() && initialized && phase.equals("Running");
        String reason = completed ? "PodCompleted" : phase.equals("Failed") ? "PodFailed" : "ContainersNotReady";
        String message = completed || phase.equals("Failed") ? "" : "containers with unready status: [" + unready + "]";
        condition(conditions, "PodReadyToStartContainers", facts.podIp().isPresent(), "", "");
        condition(conditions, "Initialized", initialized, completed ? "PodCompleted" : initialized ? "" : "ContainersNotInitialized",
                initialized ? "" : "containers with incomplete status: [" + facts.init().stream()
                        .filter(each -> !each.succeeded()).map(Container::name).collect(Collectors.joining(" ")) + "]");
        condition(conditions, "Ready", ready && gates(), ready ? gates() ? "" : "ReadinessGatesNotReady" : reason, ready ? "" : message);
        condition(conditions, "ContainersReady", ready, ready ? "" : reason, ready ? "" : message);
        condition(conditions, "PodScheduled", true, "", "");
        for (JsonNode other : facts.pod().at("/status/conditions")) {
            if (!OWN.contains(other.path("type").asString(""))) {
                conditions.add(other.deepCopy());
            }
        }
    }

    /** Whether every readiness gate's condition is true. */
    private boolean gates() {
        return facts.pod().at("/spec/readinessGates").valueStream().allMatch(gate ->
                find(gate.path("conditionType").asString("")).map(each -> each.path("status").asString("").equals("True")).orElse(false));
    }

    private Optional<JsonNode> find(String type) {
        return facts.pod().at("/status/conditions").valueStream().filter(each -> each.path("type").asString("").equals(type)).findFirst();
    }

    private void condition(ArrayNode conditions, String type, boolean holds, String reason, String message) {
        String value = holds ? "True" : "False";
        ObjectNode condition = conditions.addObject().put("type", type).put("status", value);
        // A condition keeps the time of its last change.
        String since = find(type)
                .filter(old -> old.path("status").asString("").equals(value))
                .map(old -> old.path("lastTransitionTime").asString(""))
                .filter(text -> !text.isEmpty())
                .orElse(Times.format(facts.now()));
        condition.putNull("lastProbeTime").put("lastTransitionTime", since);
        condition.put("observedGeneration", facts.pod().generation());
        if (!reason.isEmpty()) {
            condition.put("reason", reason);
        }
        if (!message.isEmpty()) {
            condition.put("message", message);
        }
    }

    private static void statuses(ArrayNode array, List<Container> containers) {
        for (Container container : containers) {
            ObjectNode status = array.addObject()
                    .put("name", container.name())
                    .put("image", container.image())
                    .put("imageID", container.id.isEmpty() ? "" : container.image())
                    .put("ready", container.init ? container.succeeded() : container.ready)
                    .put("started", container.started)
                    .put("restartCount", container.restarts);
            status.set("state", container.state.json(container.id));
            status.set("lastState", container.last.map(last -> last.json(container.lastId.isEmpty() ? container.id : container.lastId))
                    .orElseGet(Json::object));
            if (!container.id.isEmpty()) {
                status.put("containerID", container.id);
            }
        }
    }
}
