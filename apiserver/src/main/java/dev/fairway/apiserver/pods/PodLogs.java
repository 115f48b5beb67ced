package dev.fairway.apiserver.pods;

import dev.fairway.apiserver.request.Response;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.node.ObjectNode;

/** Where the log of a container comes from: the node agent, in this process. */
@FunctionalInterface
public interface PodLogs {
    /** No node agent: there is nothing to read from. */
    PodLogs NONE = (pod, options) -> {
        throw dev.fairway.apiserver.errors.Errors.unavailable("no node agent serves logs");
    };

    /**
     * Opens the log of one container. The body writes it as text, one line per line.
     *
     * @param pod     the Pod, assigned to a node
     * @param options the container's name is filled in
     * @throws dev.fairway.apiserver.errors.StatusException 400 when the container has no log (not started yet, no
     *                                                      previous instance)
     */
    Response.Body open(ObjectNode pod, Options options);

    /**
     * The query of {@code kubectl logs}.
     *
     * @param container    the container
     * @param follow       whether to go on as lines come
     * @param previous     the log of the instance before the last restart
     * @param timestamps   an RFC 3339 time (nanoseconds) before each line
     * @param tailLines    how many lines from the end at most
     * @param limitBytes   how many bytes at most
     * @param since        nothing older than this
     */
    record Options(String container, boolean follow, boolean previous, boolean timestamps, OptionalLong tailLines,
                   OptionalLong limitBytes, Optional<Instant> since) {
    }
}
