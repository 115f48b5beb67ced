package dev.fairway.controllers.history;

import static dev.fairway.controllers.Objects.object;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.fairway.kube.KubeObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RevisionsTest {
    private static KubeObject owner(String image) {
        return object("""
                {apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: {namespace: 'ns', name: 'x', uid: 'u'},
                 spec: {template: {metadata: {labels: {app: 'x'}}, spec: {containers: [{name: 'c', image: '%s'}]}}}}
                """.formatted(image));
    }

    private static KubeObject write(List<KubeObject> revisions, String image) {
        KubeObject revision = switch (Revisions.next(owner(image), "hash", revisions)) {
            case Revisions.Step.Settled(KubeObject same) -> same;
            case Revisions.Step.Renumber(KubeObject renumbered) -> renumbered;
            case Revisions.Step.Create(KubeObject made) -> made;
        };
        revisions.removeIf(other -> other.name().equals(revision.name()));
        revisions.add(KubeObject.parse(revision.bytes()));
        return revision;
    }

    @Test
    void everyTemplateIsOneRevisionAndTheCurrentOneTheNewest() {
        List<KubeObject> revisions = new ArrayList<>();
        assertEquals(1, Revisions.number(write(revisions, "v1")));
        assertEquals(2, Revisions.number(write(revisions, "v2")));
        assertEquals(2, Revisions.number(write(revisions, "v2")));
        assertEquals(3, Revisions.number(write(revisions, "v1")));
        assertEquals(2, revisions.size());
        assertInstanceOf(Revisions.Step.Settled.class, Revisions.next(owner("v1"), "hash", revisions));
    }

    @Test
    void aRevisionGivesItsTemplateBack() {
        KubeObject revision = write(new ArrayList<>(), "v1");
        assertEquals("replace", revision.string("/data/spec/template/$patch"));
        assertEquals(owner("v1").at("/spec/template"), Revisions.template(revision));
    }

    @Test
    void unusedRevisionsBeyondTheLimitGoOldestFirst() {
        List<KubeObject> revisions = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            names.add(write(revisions, "v" + i).name());
        }
        assertEquals(List.of(names.get(1), names.get(2)),
                Revisions.beyondLimit(revisions, Set.of(names.get(0), names.get(4)), 1).stream().map(KubeObject::name).toList());
    }
}
