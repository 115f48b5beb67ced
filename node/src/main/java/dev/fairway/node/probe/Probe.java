package dev.fairway.node.probe;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A probe of a container ({@code v1.Probe}).
 *
 * @param check what to ask
 * @param initialDelay from the container's start to the first question
 * @param period between questions
 * @param timeout of one question
 * @param successThreshold good answers in a row that make a success
 * @param failureThreshold bad answers in a row that make a failure
 * @param terminationGrace what a container gets that is killed for this probe; the Pod's own period if empty
 */
public record Probe(
        Check check, Duration initialDelay, Duration period, Duration timeout, int successThreshold, int failureThreshold,
        Optional<Duration> terminationGrace) {
    /** What is asked. */
    public sealed interface Check {
        /** A GET that must be answered with a status from 200 to 399. */
        record HttpGet(String scheme, String host, PortRef port, String path, Map<String, String> headers) implements Check {}

        /** A connection that must be accepted. */
        record TcpSocket(String host, PortRef port) implements Check {}

        /**
         * A call of {@code grpc.health.v1.Health/Check} that must answer SERVING.
         *
         * @param service the name to ask for; empty for the server as a whole
         */
        record Grpc(int port, String service) implements Check {}

        /** A command that must end with 0. */
        record Exec(List<String> command) implements Check {
            public Exec {
                command = List.copyOf(command);
            }
        }
    }

    /** A port by number, or by the name it has in the container. */
    public sealed interface PortRef {
        record Number(int value) implements PortRef {}

        record Name(String value) implements PortRef {}
    }

    public Probe withTimeout(Duration other) {
        return new Probe(check, initialDelay, period, other, successThreshold, failureThreshold, terminationGrace);
    }

    /** Reads a probe; empty where there is none. */
    public static Optional<Probe> of(JsonNode node) {
        return check(node).map(check -> new Probe(
                check,
                seconds(node, "initialDelaySeconds", 0),
                atLeastOne(seconds(node, "periodSeconds", 10)),
                atLeastOne(seconds(node, "timeoutSeconds", 1)),
                Math.max(1, node.path("successThreshold").asInt(1)),
                Math.max(1, node.path("failureThreshold").asInt(3)),
                node.hasNonNull("terminationGracePeriodSeconds")
                        ? Optional.of(seconds(node, "terminationGracePeriodSeconds", 0)) : Optional.empty()));
    }

    private static Optional<Check> check(JsonNode node) {
        if (node.hasNonNull("httpGet")) {
            JsonNode get = node.path("httpGet");
            Map<String, String> headers = new LinkedHashMap<>();
            get.path("httpHeaders").forEach(header ->
                    headers.put(header.path("name").asString(""), header.path("value").asString("")));
            return Optional.of(new Check.HttpGet(get.path("scheme").asString("HTTP"), get.path("host").asString(""),
                    port(get.path("port")), get.path("path").asString(""), headers));
        }
        if (node.hasNonNull("tcpSocket")) {
            JsonNode socket = node.path("tcpSocket");
            return Optional.of(new Check.TcpSocket(socket.path("host").asString(""), port(socket.path("port"))));
        }
        if (node.hasNonNull("grpc")) {
            JsonNode grpc = node.path("grpc");
            return Optional.of(new Check.Grpc(grpc.path("port").asInt(0), grpc.path("service").asString("")));
        }
        if (node.hasNonNull("exec")) {
            List<String> command = new ArrayList<>();
            node.path("exec").path("command").forEach(word -> command.add(word.asString("")));
            return Optional.of(new Check.Exec(command));
        }
        return Optional.empty();
    }

    private static PortRef port(JsonNode node) {
        String text = node.asString("");
        return node.isNumber() || text.matches("\\d{1,5}")
                ? new PortRef.Number(node.isNumber() ? node.asInt() : Integer.parseInt(text))
                : new PortRef.Name(text);
    }

    private static Duration seconds(JsonNode node, String field, int otherwise) {
        return Duration.ofSeconds(Math.max(0, node.path(field).asInt(otherwise)));
    }

    private static Duration atLeastOne(Duration seconds) {
        return seconds.isZero() ? Duration.ofSeconds(1) : seconds;
    }
}
