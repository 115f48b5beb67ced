package dev.fairway.controllers.runtime;

import static dev.fairway.controllers.Objects.object;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.kube.KubeObject;
import dev.fairway.kube.LabelSelector;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RuntimeTest {
    @Test
    void hashesDependOnMeaningOnly() {
        String hash = TemplateHash.of(object("{a: 1, b: {c: 'x', d: null}}").json(), 0);
        assertEquals(hash, TemplateHash.of(object("{b: {c: 'x'}, a: 1}").json(), 0));
        assertNotEquals(hash, TemplateHash.of(object("{b: {c: 'y'}, a: 1}").json(), 0));
        assertNotEquals(hash, TemplateHash.of(object("{b: {c: 'x'}, a: 1}").json(), 1));
        assertTrue(hash.matches("[bcdfghjklmnpqrstvwxz2456789]{1,10}"), hash);
    }

    @Test
    void percentagesRoundAsAsked() {
        record Case(String field, int total, boolean up, int expected) {}
        for (Case c : List.of(
                new Case("3", 10, true, 3),
                new Case("'25%'", 10, true, 3),
                new Case("'25%'", 10, false, 2),
                new Case("'100%'", 7, false, 7),
                new Case("null", 10, true, 42))) {
            assertEquals(c.expected(), IntOrPercent.resolve(object("{x: " + c.field() + "}").at("/x"), c.total(), c.up(), 42),
                    c.toString());
        }
        assertThrows(IllegalArgumentException.class,
                () -> IntOrPercent.resolve(object("{x: 'some'}").at("/x"), 1, true, 0));
    }

    @Test
    void ownershipSortsCandidates() {
        KubeObject owner = object("{metadata: {namespace: 'ns', name: 'o', uid: 'me'}}");
        List<KubeObject> candidates = List.of(
                candidate("mine", "app: 'web'", "me", false),
                candidate("stray", "app: 'other'", "me", false),
                candidate("orphan", "app: 'web'", "", false),
                candidate("dying", "app: 'web'", "", true),
                candidate("theirs", "app: 'web'", "other", false),
                candidate("nobodys", "app: 'other'", "", false));
        Ownership ownership = Ownership.of(owner, LabelSelector.ofMap(Map.of("app", "web")), candidates);
        assertEquals(List.of("mine"), ownership.owned().stream().map(KubeObject::name).toList());
        assertEquals(List.of("orphan"), ownership.adopt().stream().map(KubeObject::name).toList());
        assertEquals(List.of("stray"), ownership.release().stream().map(KubeObject::name).toList());
    }

    private static KubeObject candidate(String name, String labels, String owner, boolean deleting) {
        KubeObject object = object("{metadata: {namespace: 'ns', name: '" + name + "', labels: {" + labels + "}}}");
        if (!owner.isEmpty()) {
            object.metadata().putArray("ownerReferences").addObject().put("uid", owner).put("controller", true);
        }
        if (deleting) {
            object.metadata().put("deletionTimestamp", "2026-01-01T00:00:00Z");
        }
        return object;
    }

    @Test
    void slowStartDoesAllOrStopsSoon() throws InterruptedException {
        Set<Integer> done = new ConcurrentSkipListSet<>();
        List<Integer> items = IntStream.range(0, 200).boxed().toList();
        assertEquals(Optional.empty(), SlowStart.run(items, done::add));
        assertEquals(new TreeSet<>(items), done);
        AtomicInteger tries = new AtomicInteger();
        Optional<RuntimeException> failure = SlowStart.run(Collections.nCopies(1_000, 0), ignored -> {
            tries.incrementAndGet();
            throw new IllegalStateException("no");
        });
        assertEquals("no", failure.orElseThrow().getMessage());
        assertEquals(1, tries.get());
    }
}
