package dev.fairway.node.agent;

import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.Times;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Computes {@code v1.PodStatus} from what is known of a Pod's containers, as a strategic merge patch: conditions of
 * others stay, addresses are replaced. Pure.
 */
final class PodStatus {
    /**
     * What the agent knows.
     *
     * @param podIp empty before the Pod has a network
     * @param failure why the Pod has failed as a whole
     * @param before the status as it was told last, for the times of its conditions
     */
    record Facts(
            KubeObject pod, List<Container> init, List<Container> main, Optional<String> podIp, String hostIp,
            Instant startTime, Optional<PodFailure> failure, JsonNode before, Instant now) {
        /** The containers that run for as long as the Pod does. */
        List<Container> lasting() {
            List<Container> lasting = new ArrayList<>(main);
            init.stream().filter(each -> each.kind == Container.Kind.SIDECAR).forEach(lasting::add);
            return lasting;
        }
    }

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
        facts.failure().filter(_ -> phase.equals("Failed"))
                .ifPresent(why -> status.put("reason", why.reason()).put("message", why.message()));
        status.put("hostIP", facts.hostIp());
        addresses(status.putArray("hostIPs"), facts.hostIp());
        status.put("startTime", Times.format(facts.startTime()));
        status.put("observedGeneration", facts.pod().generation());
        facts.podIp().ifPresent(ip -> {
            status.put("podIP", ip);
            addresses(status.putArray("podIPs"), ip);
        });
        conditions(status.putArray("conditions"), phase);
        if (!facts.init().isEmpty()) {
            statuses(status.putArray("initContainerStatuses"), facts.init());
        }
        statuses(status.putArray("containerStatuses"), facts.main());
        return status;
    }

    /** The one address there is, in place of any that were there before. */
    private static void addresses(ArrayNode array, String ip) {
        array.addObject().put("ip", ip);
        array.addObject().put("$patch", "replace");
    }

    /** As kubelet's getPhase has it. */
    static String phase(Facts facts) {
        List<Container> init = facts.init();
        List<Container> main = facts.main();
        if (facts.failure().isPresent()) {
            return Stream.concat(init.stream(), main.stream()).anyMatch(each -> each.running.isPresent()) ? "Running" : "Failed";
        }
        boolean never = restartPolicy(facts.pod()).equals("Never");
        if (never && init.stream().anyMatch(each -> each.kind == Container.Kind.INIT && each.ended() && !each.succeeded())) {
            return "Failed";
        }
        if (main.stream().noneMatch(Container::everStarted) && (!initialized(facts) || main.stream().anyMatch(waiting()))) {
            return "Pending";
        }
        boolean deleting = facts.pod().deleting();
        boolean again = !deleting && !never && main.stream().anyMatch(each ->
                restartPolicy(facts.pod()).equals("Always") || !each.succeeded());
        boolean alive = facts.lasting().stream().anyMatch(each -> each.running.isPresent());
        if (alive || again || main.stream().anyMatch(waiting().and(each -> !deleting))) {
            return main.stream().anyMatch(waiting().and(each -> !each.everStarted())) && !deleting ? "Pending" : "Running";
        }
        return main.stream().allMatch(Container::succeeded) ? "Succeeded" : "Failed";
    }

    private static Predicate<Container> waiting() {
        return each -> each.state instanceof ContainerState.Waiting;
    }

    /** Whether all init containers have had their turn; once a main container ran, they have. */
    private static boolean initialized(Facts facts) {
        return facts.main().stream().anyMatch(Container::everStarted) || facts.init().stream().allMatch(Container::pastItsTurn);
    }

    static String restartPolicy(KubeObject pod) {
        return pod.at("/spec/restartPolicy").asString("Always");
    }

    private void conditions(ArrayNode conditions, String phase) {
        boolean completed = phase.equals("Succeeded");
        boolean failed = phase.equals("Failed");
        boolean initialized = initialized(facts);
        String unready = names(facts.lasting(), each -> !each.ready);
        boolean ready = unready.isEmpty() && initialized && phase.equals("Running");
        String reason = completed ? "PodCompleted" : failed ? "PodFailed" : "ContainersNotReady";
        String message = completed || failed ? "" : "containers with unready status: [" + unready + "]";
        boolean gates = gates();
        condition(conditions, "PodReadyToStartContainers", facts.podIp().isPresent() && !completed && !failed, "", "");
        condition(conditions, "Initialized", initialized, completed ? "PodCompleted" : initialized ? "" : "ContainersNotInitialized",
                initialized ? "" : "containers with incomplete status: [" + names(facts.init(), each -> !each.pastItsTurn()) + "]");
        condition(conditions, "Ready", ready && gates, !ready ? reason : gates ? "" : "ReadinessGatesNotReady",
                !ready ? message : gates ? "" : "the status of a readiness gate is not \"True\"");
        condition(conditions, "ContainersReady", ready, ready ? "" : reason, ready ? "" : message);
        condition(conditions, "PodScheduled", true, "", "");
    }

    private static String names(List<Container> containers, Predicate<Container> which) {
        return containers.stream().filter(which).map(Container::name).collect(Collectors.joining(" "));
    }

    /** Whether every readiness gate's condition is true. */
    private boolean gates() {
        return facts.pod().at("/spec/readinessGates").valueStream().allMatch(gate ->
                find(facts.pod().at("/status"), gate.path("conditionType").asString(""))
                        .map(each -> each.path("status").asString("").equals("True")).orElse(false));
    }

    private static Optional<JsonNode> find(JsonNode status, String type) {
        return status.path("conditions").valueStream().filter(each -> each.path("type").asString("").equals(type)).findFirst();
    }

    private void condition(ArrayNode conditions, String type, boolean holds, String reason, String message) {
        String value = holds ? "True" : "False";
        // A condition keeps the time of its last change.
        String since = find(facts.before(), type)
                .filter(old -> old.path("status").asString("").equals(value))
                .map(old -> old.path("lastTransitionTime").asString(""))
                .filter(text -> !text.isEmpty())
                .orElse(Times.format(facts.now()));
        ObjectNode condition = conditions.addObject()
                .put("type", type)
                .put("status", value)
                .putNull("lastProbeTime")
                .put("lastTransitionTime", since)
                .put("observedGeneration", facts.pod().generation());
        // A null takes away what an earlier status said.
        condition.put("reason", reason.isEmpty() ? null : reason);
        condition.put("message", message.isEmpty() ? null : message);
    }

    private static void statuses(ArrayNode array, List<Container> containers) {
        for (Container container : containers) {
            ObjectNode status = array.addObject()
                    .put("name", container.name())
                    .put("image", container.image())
                    .put("imageID", container.id.isEmpty() ? "" : container.image())
                    .put("ready", container.kind == Container.Kind.INIT ? container.succeeded() : container.ready)
                    .put("started", container.started)
                    .put("restartCount", container.restarts());
            status.set("state", container.state.json());
            status.set("lastState", container.last.map(ContainerState::json).orElseGet(Json::object));
            if (!container.id.isEmpty()) {
                status.put("containerID", container.id);
            }
        }
    }
}
