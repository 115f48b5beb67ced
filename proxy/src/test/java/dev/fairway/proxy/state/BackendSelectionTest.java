package dev.fairway.proxy.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.fairway.kube.ObjectKey;
import dev.fairway.proxy.model.Endpoint;
import dev.fairway.proxy.model.Hints;
import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.model.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Endpoints are written as words: a number for the address, {@code r} ready or {@code t} serving while it terminates or
 * {@code x} neither, {@code L} if local, then hints such as {@code z1} or {@code node-a}.
 */
class BackendSelectionTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {
        // Policy Cluster.
        "cluster|               ''|                            ''|    ''|  ''|   false",
        "cluster|               1r 2r 3x|                      1 2|   ''|  1 2|  true",
        "cluster|               1t 2x 3t|                      1 3|   ''|  1 3|  true",
        "cluster|               1x 2x|                         ''|    ''|  ''|   false",
        "cluster|               1r 2t|                         1|     ''|  1|    true",
        // Hints for zones count if every ready endpoint has one, and one is for here.
        "cluster|               1r,z1 2r,z2 3r,z1|             1 3|   ''|  1 3|  true",
        "cluster|               1r,z1 2r|                      1 2|   ''|  1 2|  true",
        "cluster|               1r,z2 2r,z3|                   1 2|   ''|  1 2|  true",
        "cluster|               1r,z1 2r,z2 3x|                1|     ''|  1|    true",
        "cluster|               1t,z1 2t,z2|                   1 2|   ''|  1 2|  true",
        // Hints for nodes come first, and fall back to those for zones.
        "cluster|               1r,z1,node-a 2r,z1,node-b|     1|     ''|  1|    true",
        "cluster|               1r,z1,node-c 2r,z2,node-b|     1|     ''|  1|    true",
        "cluster|               1r,z1,node-a 2r,z2|            1|     ''|  1|    true",
        // Internal policy Local.
        "internal|              1rL 2r|                        ''|    1|   1|    true",
        "internal|              1r 2r|                         ''|    ''|  ''|   true",
        "internal|              1tL 2r|                        ''|    1|   1|    true",
        "internal|              1x 2xL|                        ''|    ''|  ''|   false",
        // External policy Local; this node's Pods reach everything.
        "external|              1rL 2r|                        1 2|   1|   1 2|  true",
        "external|              1r 2r|                         1 2|   ''|  1 2|  true",
        "external|              1tL 2r|                        2|     1|   1 2|  true",
        "external|              1tL 2t|                        1 2|   1|   1 2|  true",
        "external|              1rL,z2 2r,z1|                  2|     1|   1 2|  true",
        "external|              1x|                            ''|    ''|  ''|   false",
        // External policy Local of a Service that nobody reaches from outside.
        "unreachable|           1rL 2r|                        1 2|   ''|  1 2|  true",
    })
    void choosesAsUpstream(String port, String all, String cluster, String local, String reachable, boolean usable) {
        Backends chosen = new BackendSelection("node-a", "z1").select(config(port), backends(all));
        assertEquals(cluster, text(chosen.cluster()), "cluster");
        assertEquals(local, text(chosen.local()), "local");
        assertEquals(reachable, text(chosen.reachable()), "reachable");
        assertEquals(usable, chosen.usable(), "usable");
    }

    private static PortConfig config(String kind) {
        return new PortConfig(new ServicePortName(new ObjectKey("shop", "web"), "", Protocol.TCP), IpAddress.of("10.0.0.1"), 80,
                kind.equals("external") ? 30_080 : 0, List.of(), List.of(), List.of(), 0,
                kind.equals("external") || kind.equals("unreachable"), kind.equals("internal"), 0);
    }

    private static List<Backend> backends(String text) {
        List<Backend> backends = new ArrayList<>();
        for (String word : text.isEmpty() ? new String[0] : text.split(" ")) {
            List<String> parts = List.of(word.split(","));
            String state = parts.getFirst();
            List<String> hints = parts.subList(1, parts.size());
            Hints of = new Hints(hints.stream().filter(hint -> hint.startsWith("z")).toList(),
                    hints.stream().filter(hint -> hint.startsWith("node")).toList());
            boolean terminating = state.contains("t");
            backends.add(new Backend(new Endpoint(IpAddress.of("10.180.0." + state.charAt(0)), "", of, state.contains("r"),
                    state.contains("r") || terminating, terminating), 8080, state.endsWith("L")));
        }
        return backends;
    }

    private static String text(List<Backend> backends) {
        return backends.stream().map(b -> String.valueOf(b.address().low() & 0xff)).collect(Collectors.joining(" "));
    }
}
