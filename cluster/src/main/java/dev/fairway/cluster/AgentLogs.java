package dev.fairway.cluster;

import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.pods.PodLogs;
import dev.fairway.apiserver.request.Response;
import dev.fairway.node.runtime.ContainerLog;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/** {@code kubectl logs}: from the agent of the Pod's node. */
final class AgentLogs implements PodLogs {
    private final List<NodeParts> nodes;

    /** Logs of nodes that may yet be added to the list. */
    AgentLogs(List<NodeParts> nodes) {
        this.nodes = nodes;
    }

    @Override
    public Response.Body open(ObjectNode pod, Options options) {
        String uid = pod.path("metadata").path("uid").asString("");
        String node = pod.path("spec").path("nodeName").asString("");
        String name = pod.path("metadata").path("name").asString("");
        Optional<ContainerLog> log = nodes.stream()
                .filter(each -> each.network().name().equals(node))
                .findFirst()
                .flatMap(each -> each.agent().log(uid, options.container(), options.previous()));
        if (log.isEmpty()) {
            throw Errors.badRequest(options.previous()
                    ? "previous terminated container \"" + options.container() + "\" in pod \"" + name + "\" not found"
                    : "container \"" + options.container() + "\" in pod \"" + name + "\" is waiting to start: " + waiting(pod, options.container()));
        }
        return (out, gone) -> write(log.get(), options, out, gone);
    }

    /** Why a container has no log yet. */
    private static String waiting(ObjectNode pod, String container) {
        return Stream.of("initContainerStatuses", "containerStatuses")
                .flatMap(list -> pod.path("status").path(list).valueStream())
                .filter(status -> status.path("name").asString("").equals(container))
                .map(status -> status.path("state").path("waiting").path("reason").asString("ContainerCreating"))
                .findFirst()
                .orElse("ContainerCreating");
    }

    private static void write(ContainerLog log, Options options, OutputStream out, Response.ClientGone gone)
            throws IOException, InterruptedException {
        Thread self = Thread.currentThread();
        gone.whenGone(self::interrupt);
        long left = options.limitBytes().orElse(Long.MAX_VALUE);
        long next = options.tailLines().isPresent() ? log.fromEnd(options.tailLines().getAsLong()) : 0;
        Optional<List<ContainerLog.Line>> lines = Optional.of(log.from(next));
        while (lines.isPresent()) {
            for (ContainerLog.Line line : lines.get()) {
                next = line.number() + 1;
                if (options.since().isPresent() && line.at().isBefore(options.since().get())) {
                    continue;
                }
                byte[] bytes = ((options.timestamps() ? line.at() + " " : "") + line.text() + "\n").getBytes(StandardCharsets.UTF_8);
                int length = (int) Math.min(bytes.length, left);
                out.write(bytes, 0, length);
                left -= length;
                if (left == 0) {
                    return;
                }
            }
            out.flush();
            if (!options.follow()) {
                return;
            }
            lines = log.await(next);
        }
    }
}
