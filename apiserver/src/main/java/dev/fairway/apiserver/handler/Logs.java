package dev.fairway.apiserver.handler;

import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.pods.PodLogs;
import dev.fairway.apiserver.request.Request;
import dev.fairway.apiserver.request.Response;
import dev.fairway.kube.Times;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The log subresource of Pods. */
final class Logs {
    private Logs() {
    }

    static Response get(Scope scope) {
        ObjectNode pod = scope.machinery().objects().require(scope.resource(), scope.namespace(), scope.name()).toTree();
        PodLogs.Options options = options(scope, pod);
        if (pod.path("spec").path("nodeName").asString("").isEmpty()) {
            throw Errors.badRequest("pod " + scope.name() + " does not have a host assigned");
        }
        return new Response.Streaming(200, "text/plain", Map.of(), scope.machinery().hooks().logs().open(pod, options));
    }

    private static PodLogs.Options options(Scope scope, ObjectNode pod) {
        Request request = scope.request();
        OptionalLong sinceSeconds = number(request, "sinceSeconds", 1);
        Optional<Instant> since = sinceSeconds.isPresent()
                ? Optional.of(scope.machinery().clock().instant().minusSeconds(sinceSeconds.getAsLong()))
                : Times.parse(request.query("sinceTime"));
        return new PodLogs.Options(container(scope, pod), request.flag("follow"), request.flag("previous"),
                request.flag("timestamps"), number(request, "tailLines", 0), number(request, "limitBytes", 1), since);
    }

    private static String container(Scope scope, ObjectNode pod) {
        String wanted = scope.request().query("container");
        List<String> regular = names(pod.path("spec").path("containers"));
        List<String> init = names(pod.path("spec").path("initContainers"));
        List<String> all = new ArrayList<>(regular);
        all.addAll(init);
        all.addAll(names(pod.path("spec").path("ephemeralContainers")));
        if (!wanted.isEmpty()) {
            if (!all.contains(wanted)) {
                throw Errors.badRequest("container " + wanted + " is not valid for pod " + scope.name());
            }
            return wanted;
        }
        if (regular.size() == 1 && all.size() == 1) {
            return regular.getFirst();
        }
        String annotated = pod.path("metadata").path("annotations").path("kubectl.kubernetes.io/default-container").asString("");
        if (regular.contains(annotated)) {
            return annotated;
        }
        throw Errors.badRequest("a container name must be specified for pod " + scope.name() + ", choose one of: ["
                + String.join(" ", regular) + "]" + (init.isEmpty() ? "" : " or one of the init containers: ["
                + String.join(" ", init) + "]"));
    }

    private static List<String> names(JsonNode containers) {
        List<String> names = new ArrayList<>();
        containers.forEach(container -> names.add(container.path("name").asString("")));
        return names;
    }

    private static OptionalLong number(Request request, String name, long least) {
        String text = request.query(name);
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            long value = Long.parseLong(text);
            if (value >= least) {
                return OptionalLong.of(value);
            }
        } catch (NumberFormatException e) {
            throw Errors.badRequest(name + ": Invalid value: \"" + text + "\": must be a number");
        }
        throw Errors.badRequest(name + ": Invalid value: " + text + ": must be greater than or equal to " + least);
    }
}
