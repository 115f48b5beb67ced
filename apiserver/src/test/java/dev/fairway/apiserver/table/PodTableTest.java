package dev.fairway.apiserver.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PodTableTest {

    private static final String TWO = "spec: {containers: [{name: a}, {name: b}]}\n";

    static Stream<Arguments> pods() {
        return Stream.of(
                arguments("fresh", "0/2 | Pending | 0", TWO + "status: {phase: Pending}"),
                arguments("gated", "0/2 | SchedulingGated | 0", TWO + """
                        status: {phase: Pending, conditions: [{type: PodScheduled, status: "False", reason: SchedulingGated}]}
                        """),
                arguments("creating", "0/2 | ContainerCreating | 0", TWO + """
                        status: {phase: Pending, containerStatuses: [
                          {name: a, restartCount: 0, state: {waiting: {reason: ContainerCreating}}},
                          {name: b, restartCount: 0, state: {waiting: {reason: ContainerCreating}}}]}
                        """),
                arguments("running", "2/2 | Running | 0", TWO + """
                        status: {phase: Running, containerStatuses: [
                          {name: a, ready: true, restartCount: 0, state: {running: {}}},
                          {name: b, ready: true, restartCount: 0, state: {running: {}}}]}
                        """),
                arguments("not ready", "1/2 | Running | 0", TWO + """
                        status: {phase: Running, containerStatuses: [
                          {name: a, ready: true, restartCount: 0, state: {running: {}}},
                          {name: b, ready: false, restartCount: 0, state: {running: {}}}]}
                        """),
                arguments("back-off", "1/2 | CrashLoopBackOff | 7 (5m ago)", TWO + """
                        status: {phase: Running, containerStatuses: [
                          {name: a, ready: true, restartCount: 2, state: {running: {}},
                           lastState: {terminated: {finishedAt: "2026-03-01T11:00:00Z"}}},
                          {name: b, ready: false, restartCount: 5, state: {waiting: {reason: CrashLoopBackOff}},
                           lastState: {terminated: {finishedAt: "2026-03-01T11:55:00Z"}}}]}
                        """),
                arguments("restarted at a time unknown", "1/1 | Running | 3", """
                        spec: {containers: [{name: a}]}
                        status: {phase: Running, containerStatuses: [
                          {name: a, ready: true, restartCount: 3, state: {running: {}}}]}
                        """),
                arguments("the first container with a reason counts", "0/2 | ErrImagePull | 0", TWO + """
                        status: {phase: Pending, containerStatuses: [
                          {name: a, state: {waiting: {reason: ErrImagePull}}},
                          {name: b, state: {waiting: {reason: ImagePullBackOff}}}]}
                        """),
                arguments("exit code", "0/2 | ExitCode:3 | 0", TWO + """
                        status: {phase: Failed, containerStatuses: [
                          {name: a, state: {terminated: {exitCode: 3}}}]}
                        """),
                arguments("signal", "0/2 | Signal:9 | 0", TWO + """
                        status: {phase: Failed, containerStatuses: [
                          {name: a, state: {terminated: {exitCode: 137, signal: 9}}}]}
                        """),
                arguments("completed", "0/2 | Completed | 0", TWO + """
                        status: {phase: Succeeded, containerStatuses: [
                          {name: a, state: {terminated: {exitCode: 0, reason: Completed}}},
                          {name: b, state: {terminated: {exitCode: 0, reason: Completed}}}]}
                        """),
                arguments("one of two completed", "1/2 | NotReady | 0", TWO + """
                        status: {phase: Running, containerStatuses: [
                          {name: a, state: {terminated: {exitCode: 0, reason: Completed}}},
                          {name: b, ready: true, state: {running: {}}}]}
                        """),
                arguments("one of two completed, Pod ready", "1/2 | Running | 0", TWO + """
                        status: {phase: Running, conditions: [{type: Ready, status: "True"}], containerStatuses: [
                          {name: a, state: {terminated: {exitCode: 0, reason: Completed}}},
                          {name: b, ready: true, state: {running: {}}}]}
                        """),
                arguments("evicted", "0/2 | Evicted | 0", TWO + "status: {phase: Failed, reason: Evicted}"),
                arguments("terminating", "1/2 | Terminating | 0", """
                        metadata: {deletionTimestamp: "2026-03-01T12:00:10Z"}
                        spec: {containers: [{name: a}, {name: b}]}
                        status: {phase: Running, containerStatuses: [{name: a, ready: true, state: {running: {}}}]}
                        """),
                arguments("deleted after its end", "0/2 | Completed | 0", """
                        metadata: {deletionTimestamp: "2026-03-01T12:00:10Z"}
                        spec: {containers: [{name: a}, {name: b}]}
                        status: {phase: Succeeded, containerStatuses: [
                          {name: a, state: {terminated: {exitCode: 0, reason: Completed}}}]}
                        """),
                arguments("node lost", "0/2 | Unknown | 0", """
                        metadata: {deletionTimestamp: "2026-03-01T12:00:10Z"}
                        spec: {containers: [{name: a}, {name: b}]}
                        status: {phase: Running, reason: NodeLost}
                        """),
                arguments("first init container", "0/1 | Init:0/2 | 0", """
                        spec: {initContainers: [{name: i}, {name: j}], containers: [{name: a}]}
                        status: {phase: Pending, initContainerStatuses: [
                          {name: i, state: {running: {}}}, {name: j, state: {waiting: {reason: PodInitializing}}}],
                          containerStatuses: [{name: a, state: {waiting: {reason: PodInitializing}}}]}
                        """),
                arguments("second init container", "0/1 | Init:1/2 | 0", """
                        spec: {initContainers: [{name: i}, {name: j}], containers: [{name: a}]}
                        status: {phase: Pending, initContainerStatuses: [
                          {name: i, state: {terminated: {exitCode: 0, reason: Completed}}},
                          {name: j, state: {waiting: {reason: PodInitializing}}}]}
                        """),
                arguments("init containers done", "0/1 | PodInitializing | 0", """
                        spec: {initContainers: [{name: i}], containers: [{name: a}]}
                        status: {phase: Pending, initContainerStatuses: [
                          {name: i, restartCount: 2, state: {terminated: {exitCode: 0, reason: Completed}}}],
                          containerStatuses: [{name: a, state: {waiting: {reason: PodInitializing}}}]}
                        """),
                arguments("init error", "0/1 | Init:Error | 0", """
                        spec: {initContainers: [{name: i}], containers: [{name: a}]}
                        status: {phase: Pending, initContainerStatuses: [
                          {name: i, state: {terminated: {exitCode: 1, reason: Error}}}]}
                        """),
                arguments("init signal", "0/1 | Init:Signal:15 | 0", """
                        spec: {initContainers: [{name: i}], containers: [{name: a}]}
                        status: {phase: Pending, initContainerStatuses: [{name: i, state: {terminated: {exitCode: 1, signal: 15}}}]}
                        """),
                arguments("init exit code", "0/1 | Init:ExitCode:2 | 0", """
                        spec: {initContainers: [{name: i}], containers: [{name: a}]}
                        status: {phase: Pending, initContainerStatuses: [{name: i, state: {terminated: {exitCode: 2}}}]}
                        """),
                arguments("init back-off", "0/1 | Init:CrashLoopBackOff | 4 (30s ago)", """
                        spec: {initContainers: [{name: i}], containers: [{name: a}]}
                        status: {phase: Pending, initContainerStatuses: [
                          {name: i, restartCount: 4, state: {waiting: {reason: CrashLoopBackOff}},
                           lastState: {terminated: {finishedAt: "2026-03-01T11:59:30Z"}}}]}
                        """),
                arguments("sidecar", "2/2 | Running | 1 (10s ago)", """
                        spec: {initContainers: [{name: s, restartPolicy: Always}], containers: [{name: a}]}
                        status: {phase: Running, initContainerStatuses: [
                          {name: s, started: true, ready: true, restartCount: 1, state: {running: {}},
                           lastState: {terminated: {finishedAt: "2026-03-01T11:59:50Z"}}}],
                          containerStatuses: [{name: a, ready: true, state: {running: {}}}]}
                        """),
                arguments("sidecar not started", "0/2 | Init:0/1 | 0", """
                        spec: {initContainers: [{name: s, restartPolicy: Always}], containers: [{name: a}]}
                        status: {phase: Pending, initContainerStatuses: [{name: s, started: false, state: {running: {}}}]}
                        """),
                // No container of the Pod has a reason to put over the init container's.
                arguments("sidecar failing when initialized", "1/2 | Init:ExitCode:1 | 2", """
                        spec: {initContainers: [{name: s, restartPolicy: Always}], containers: [{name: a}]}
                        status: {phase: Running, conditions: [{type: Initialized, status: "True"}],
                          initContainerStatuses: [{name: s, started: false, restartCount: 2,
                            state: {terminated: {exitCode: 1}}}],
                          containerStatuses: [{name: a, ready: true, state: {running: {}}}]}
                        """));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pods")
    void thePodTellsHowItIs(String name, String expected, String yaml) {
        String row = Yaml.row(CoreTables.POD, yaml);
        String start = row.substring(0, row.indexOf(" || "));
        assertEquals("x | " + expected + " | 5m", start);
    }

    @Test
    void wideTellsWhereItIs() {
        assertEquals("x | 0/0 | Running | 0 | 5m || 10.1.2.3 | node-a | node-b | 1/2", Yaml.row(CoreTables.POD, """
                spec: {nodeName: node-a, readinessGates: [{conditionType: one}, {conditionType: two}]}
                status: {phase: Running, podIP: 10.1.2.3, podIPs: [{ip: 10.1.2.3}, {ip: "fd00::3"}],
                  nominatedNodeName: node-b, conditions: [{type: one, status: "True"}, {type: two, status: "False"}]}
                """));
        assertEquals("x | 0/0 |  | 0 | 5m || <none> | <none> | <none> | <none>", Yaml.row(CoreTables.POD, "spec: {}"));
        assertEquals("NAME READY STATUS RESTARTS AGE || IP NODE NOMINATED_NODE READINESS_GATES",
                Yaml.headings(CoreTables.POD));
    }
}
