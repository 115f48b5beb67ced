package dev.fairway.controllers.garbagecollector;

import static dev.fairway.controllers.Objects.object;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.fairway.controllers.garbagecollector.Verdict.OwnerState;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.client.DeleteOptions.Propagation;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class VerdictTest {
    private static KubeObject ownedBy(String finalizers, List<String> owners) {
        return object("{metadata: {name: 'x', finalizers: [" + finalizers + "], ownerReferences: ["
                + owners.stream().map(uid -> "{kind: 'K', name: 'n', uid: '" + uid + "'}").collect(Collectors.joining(","))
                + "]}}");
    }

    @Test
    void whatBecomesOfADependant() {
        record Case(List<String> owners, String finalizers, boolean dependants, Verdict expected) {}
        for (Case c : List.of(
                new Case(List.of(), "", false, new Verdict.Keep()),
                new Case(List.of("PRESENT"), "", false, new Verdict.Keep()),
                new Case(List.of("ABSENT"), "", false, new Verdict.Delete(Propagation.Background)),
                new Case(List.of("ABSENT"), "'orphan'", false, new Verdict.Delete(Propagation.Orphan)),
                new Case(List.of("ABSENT"), "'foregroundDeletion'", false, new Verdict.Delete(Propagation.Foreground)),
                new Case(List.of("PRESENT", "ABSENT"), "", false, new Verdict.DropReferences(List.of("ABSENT"))),
                new Case(List.of("PRESENT", "WAITING"), "", true, new Verdict.DropReferences(List.of("WAITING"))),
                new Case(List.of("WAITING"), "", true, new Verdict.Delete(Propagation.Foreground)),
                new Case(List.of("WAITING"), "", false, new Verdict.Delete(Propagation.Background)),
                new Case(List.of("WAITING", "ABSENT"), "", true, new Verdict.Delete(Propagation.Foreground)))) {
            assertEquals(c.expected(), Verdict.of(ownedBy(c.finalizers(), c.owners()),
                    reference -> OwnerState.valueOf(reference.uid()), c.dependants()), c.toString());
        }
    }
}
