package dev.fairway.cli.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** What {@code deploy/} hands to {@code fairway proxy} is what it takes. */
class DeployTest {
    private static final Path DEPLOY = Path.of("../deploy");

    private static JsonNode podSpec() throws IOException {
        try (MappingIterator<JsonNode> documents =
                new YAMLMapper().readerFor(JsonNode.class).readValues(DEPLOY.resolve("daemonset.yaml"))) {
            while (documents.hasNext()) {
                JsonNode document = documents.next();
                if (document.path("kind").asString("").equals("DaemonSet")) {
                    return document.at("/spec/template/spec");
                }
            }
        }
        throw new AssertionError("there is no DaemonSet");
    }

    private static void assertKnown(List<String> arguments) {
        assertFalse(arguments.isEmpty());
        new CommandLine(new ProxyCommand()).parseArgs(arguments.toArray(String[]::new));
    }

    @Test
    void theDaemonSetPassesKnownFlags() throws IOException {
        JsonNode pod = podSpec();
        for (String containers : List.of("initContainers", "containers")) {
            for (JsonNode container : pod.path(containers)) {
                List<String> arguments = new ArrayList<>();
                container.path("args").forEach(argument -> arguments.add(argument.asString()));
                assertKnown(arguments);
            }
        }
    }

    @Test
    void onlyTheContainerThatEndsIsPrivileged() throws IOException {
        JsonNode pod = podSpec();
        assertTrue(pod.at("/initContainers/0/securityContext/privileged").asBoolean());
        JsonNode proxy = pod.at("/containers/0/securityContext");
        assertFalse(proxy.has("privileged"));
        assertEquals("{\"drop\":[\"ALL\"],\"add\":[\"NET_ADMIN\",\"NET_RAW\"]}", proxy.path("capabilities").toString());
    }

    @Test
    void theUnitPassesKnownFlags() throws IOException {
        String start = Files.readAllLines(DEPLOY.resolve("fairway-proxy.service")).stream()
                .filter(line -> line.startsWith("ExecStart="))
                .findFirst().orElseThrow();
        List<String> words = List.of(start.split(" "));
        assertKnown(words.subList(1, words.size()));
    }
}
