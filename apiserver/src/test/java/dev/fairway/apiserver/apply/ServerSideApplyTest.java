package dev.fairway.apiserver.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.apiserver.apply.FieldManagement.Target;
import dev.fairway.apiserver.errors.StatusException;
import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.apiserver.registry.Subresource;
import dev.fairway.kube.Json;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class ServerSideApplyTest {

    private static final ResourceDefinition DEPLOYMENTS =
            ResourceDefinition.named("apps", "v1", "deployments", "Deployment").status().build();
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final ServerSideApply management = new ServerSideApply(target -> Types.DEPLOYMENT);
    private ObjectNode live;
    private int writes;

    private Target target(String manager, Subresource subresource) {
        return new Target(DEPLOYMENTS, "v1", subresource, manager, START.plusSeconds(60L * writes++));
    }

    private static ObjectNode object(String yaml) {
        ObjectNode object = (ObjectNode) tools.jackson.dataformat.yaml.YAMLMapper.builder().build().readTree(yaml);
        object.withObject("/metadata").put("name", "web");
        return object;
    }

    private void apply(String manager, String yaml) {
        live = management.apply(target(manager, null), live, object(yaml), false);
    }

    private void force(String manager, String yaml) {
        live = management.apply(target(manager, null), live, object(yaml), true);
    }

    private void update(String manager, String yaml) {
        write(manager, null, yaml);
    }

    private void write(String manager, Subresource subresource, String yaml) {
        ObjectNode written = object(yaml);
        if (live != null) {
            written.withObject("/metadata").set("managedFields", live.path("metadata").path("managedFields"));
        }
        management.recordUpdate(target(manager, subresource), live, written);
        live = written;
    }

    private StatusException refused(String manager, String yaml) {
        ObjectNode before = live.deepCopy();
        StatusException refusal = assertThrows(StatusException.class, () -> apply(manager, yaml));
        assertEquals(before, live, "a refused apply changes nothing");
        return refusal;
    }

    private JsonNode at(String pointer) {
        return live.at(pointer);
    }

    /** Who owns what, one line per owner. */
    private String owners() {
        StringBuilder text = new StringBuilder();
        for (JsonNode entry : live.path("metadata").path("managedFields")) {
            assertEquals("apps/v1", entry.path("apiVersion").asString());
            assertEquals("FieldsV1", entry.path("fieldsType").asString());
            text.append(entry.path("manager").asString()).append(' ').append(entry.path("operation").asString())
                    .append(entry.has("subresource") ? "/" + entry.path("subresource").asString() : "")
                    .append(' ').append(FieldsV1.decode(entry.path("fieldsV1"))).append('\n');
        }
        return text.toString();
    }

    @Test
    void theFirstApplyCreatesAndOwns() {
        apply("me", "spec: {replicas: 2}");
        assertEquals(2, at("/spec/replicas").asInt());
        assertEquals("me Apply [.spec.replicas]\n", owners());
        assertEquals("2026-01-01T00:00:00Z", at("/metadata/managedFields/0/time").asString());
    }

    @Test
    void applyingTheSameAgainChangesNothing() {
        apply("me", "spec: {replicas: 2, template: {spec: {containers: [{name: c, image: i}]}}}");
        ObjectNode first = live.deepCopy();
        apply("me", "spec: {replicas: 2, template: {spec: {containers: [{name: c, image: i}]}}}");
        assertEquals(first, live);
    }

    @Test
    void whatIsNoLongerAppliedGoes() {
        apply("me", "{metadata: {labels: {a: '1', b: '2'}}, spec: {replicas: 2, paused: true}}");
        apply("me", "{metadata: {labels: {b: '2'}}, spec: {replicas: 2}}");
        assertEquals(Json.parseObject("{\"b\":\"2\"}"), at("/metadata/labels"));
        assertTrue(at("/spec/paused").isMissingNode());
        assertEquals("me Apply [.metadata.labels.b, .spec.replicas]\n", owners());
        assertEquals("2026-01-01T00:01:00Z", at("/metadata/managedFields/0/time").asString());
    }

    @Test
    void theLastLabelTakesTheMapWithIt() {
        apply("me", "{metadata: {labels: {a: '1'}}, spec: {replicas: 1}}");
        apply("me", "spec: {replicas: 1}");
        assertTrue(at("/metadata/labels").isMissingNode());
        assertEquals("web", at("/metadata/name").asString());
    }

    @Test
    void whatAnotherOwnsStaysWhenNoLongerApplied() {
        apply("me", "spec: {replicas: 2, paused: true}");
        apply("you", "spec: {paused: true}");
        apply("me", "spec: {replicas: 2}");
        assertTrue(at("/spec/paused").asBoolean());
        assertEquals("you Apply [.spec.paused]\nme Apply [.spec.replicas]\n", owners());
    }

    @Test
    void whatNobodyOwnsStays() {
        apply("me", "spec: {strategy: {type: RollingUpdate}, replicas: 1}");
        ObjectNode defaulted = live.deepCopy();
        ((ObjectNode) defaulted.at("/spec/strategy")).putObject("rollingUpdate").put("maxSurge", "25%");
        live = defaulted;
        apply("me", "spec: {strategy: {type: RollingUpdate}, replicas: 2}");
        assertEquals("25%", at("/spec/strategy/rollingUpdate/maxSurge").asString());
    }

    @Test
    void takingAFieldFromAnotherIsRefusedByName() {
        apply("me", "spec: {replicas: 2}");
        StatusException refusal = refused("you", "spec: {replicas: 3}");
        assertEquals(409, refusal.code());
        assertEquals("Apply failed with 1 conflict: conflict with \"me\": .spec.replicas", refusal.getMessage());
        var cause = refusal.details().causes().getFirst();
        assertEquals("FieldManagerConflict", cause.reason());
        assertEquals("conflict with \"me\"", cause.message());
        assertEquals(".spec.replicas", cause.field());
    }

    @Test
    void severalConflictsAreListedByOwner() {
        apply("me", "spec: {replicas: 2, template: {spec: {containers: [{name: c, image: i}]}}}");
        update("editor", """
                {spec: {replicas: 2, paused: true, template: {spec: {containers: [{name: c, image: i}]}}}}""");
        assertEquals("""
                Apply failed with 3 conflicts: conflicts with "editor" using apps/v1:
                - .spec.paused
                conflicts with "me":
                - .spec.replicas
                - .spec.template.spec.containers[name="c"].image""",
                refused("you", "{spec: {replicas: 3, paused: false, template: {spec: {containers: [{name: c, image: j}]}}}}")
                        .getMessage());
    }

    @Test
    void forceTakesTheFieldAndItsOwnership() {
        apply("me", "spec: {replicas: 2, paused: true}");
        force("you", "spec: {replicas: 3}");
        assertEquals(3, at("/spec/replicas").asInt());
        assertEquals("me Apply [.spec.paused]\nyou Apply [.spec.replicas]\n", owners());
        force("me", "spec: {replicas: 3, paused: true}");
        assertEquals("you Apply [.spec.replicas]\nme Apply [.spec.paused, .spec.replicas]\n", owners());
    }

    @Test
    void theSameValueIsShared() {
        apply("me", "spec: {replicas: 2}");
        apply("you", "spec: {replicas: 2}");
        assertEquals("me Apply [.spec.replicas]\nyou Apply [.spec.replicas]\n", owners());
        assertEquals("conflict with \"me\"", refused("you", "spec: {replicas: 3}").details().causes().getFirst().message());
    }

    @Test
    void anUpdateTakesWhatItChanges() {
        apply("me", "spec: {replicas: 2, paused: true}");
        update("kubectl-edit", "spec: {replicas: 5, paused: true}");
        assertEquals("me Apply [.spec.paused]\nkubectl-edit Update [.spec.replicas]\n", owners());
        assertEquals("Apply failed with 1 conflict: conflict with \"kubectl-edit\" using apps/v1: .spec.replicas",
                refused("me", "spec: {replicas: 2, paused: true}").getMessage());
    }

    @Test
    void anUpdateThatRemovesAFieldTakesItFromItsOwner() {
        apply("me", "{metadata: {labels: {a: '1'}}, spec: {replicas: 2}}");
        update("kubectl-edit", "spec: {replicas: 2}");
        assertEquals("me Apply [.spec.replicas]\n", owners());
        apply("me", "{metadata: {labels: {a: '1'}}, spec: {replicas: 2}}");
        assertEquals("1", at("/metadata/labels/a").asString());
    }

    @Test
    void anUpdateWithoutAChangeOwnsNothing() {
        apply("me", "spec: {replicas: 2}");
        ObjectNode before = live.deepCopy();
        update("kubectl-edit", "spec: {replicas: 2}");
        assertEquals(before, live);
    }

    @Test
    void aCreateOwnsAllItBrings() {
        update("kubectl-create", "{metadata: {labels: {a: '1'}}, spec: {replicas: 1, template: {spec: {containers: [{name: c}]}}}}");
        assertEquals("kubectl-create Update [.metadata.labels, .metadata.labels.a, .spec.replicas, "
                + ".spec.template.spec.containers, .spec.template.spec.containers[name=\"c\"], "
                + ".spec.template.spec.containers[name=\"c\"].name]\n", owners());
    }

    @Test
    void itemsOfAListHaveOwnersOfTheirOwn() {
        apply("me", "spec: {template: {spec: {containers: [{name: c, image: i}]}}}");
        apply("mesh", "spec: {template: {spec: {containers: [{name: sidecar, image: s}]}}}");
        assertEquals(List.of("c", "sidecar"),
                at("/spec/template/spec/containers").valueStream().map(c -> c.path("name").asString()).toList());
        apply("me", "spec: {template: {spec: {containers: [{name: d, image: i}]}}}");
        assertEquals(List.of("sidecar", "d"),
                at("/spec/template/spec/containers").valueStream().map(c -> c.path("name").asString()).toList());
    }

    @Test
    void partsOfAnItemHaveOwnersOfTheirOwn() {
        apply("me", "spec: {template: {spec: {containers: [{name: c, image: i, args: [a]}]}}}");
        apply("you", "spec: {template: {spec: {containers: [{name: c, env: [{name: E, value: v}]}]}}}");
        apply("me", "spec: {template: {spec: {containers: [{name: c, image: j}]}}}");
        JsonNode container = at("/spec/template/spec/containers/0");
        assertEquals("j", container.path("image").asString());
        assertTrue(container.path("args").isMissingNode());
        assertEquals("v", container.at("/env/0/value").asString());
        apply("me", "spec: {replicas: 1}");
        assertEquals(1, at("/spec/template/spec/containers").size());
        assertFalse(at("/spec/template/spec/containers/0").has("image"));
    }

    @Test
    void setsAreOwnedByValue() {
        apply("me", "metadata: {finalizers: [a/1, a/2]}");
        apply("you", "metadata: {finalizers: [a/2, a/3]}");
        apply("me", "metadata: {finalizers: [a/1]}");
        assertEquals("[\"a/1\",\"a/2\",\"a/3\"]", at("/metadata/finalizers").toString());
        apply("you", "metadata: {finalizers: [a/3]}");
        assertEquals("[\"a/1\",\"a/3\"]", at("/metadata/finalizers").toString());
    }

    @Test
    void atomicValuesHaveOneOwner() {
        apply("me", "spec: {selector: {matchLabels: {a: '1'}}}");
        assertEquals(".spec.selector",
                refused("you", "spec: {selector: {matchLabels: {b: '1'}}}").details().causes().getFirst().field());
        apply("me", "spec: {selector: {matchLabels: {b: '2'}}}");
        assertEquals("{\"matchLabels\":{\"b\":\"2\"}}", at("/spec/selector").toString());
    }

    @Test
    void anObjectWithoutOwnersBelongsToItsPast() {
        live = object("spec: {replicas: 2, paused: true}");
        assertEquals("Apply failed with 1 conflict: conflict with \"before-first-apply\" using apps/v1: .spec.replicas",
                refused("me", "spec: {replicas: 3}").getMessage());
        apply("me", "spec: {replicas: 2}");
        assertEquals("me Apply [.spec.replicas]\nbefore-first-apply Update [.spec.paused, .spec.replicas]\n", owners());
    }

    @Test
    void kubectlGoesOverFromClientSideApply() {
        String last = "{\\\"spec\\\":{\\\"replicas\\\":2,\\\"paused\\\":true}}";
        String annotations = "metadata: {annotations: {kubectl.kubernetes.io/last-applied-configuration: \"" + last + "\"}}";
        update("kubectl-client-side-apply", annotations + "\nspec: {replicas: 2, paused: true, strategy: {type: X}}");
        assertTrue(refused("other", "spec: {replicas: 3}").getMessage().contains("kubectl-client-side-apply"));
        apply("kubectl", "spec: {replicas: 3, paused: true}");
        assertEquals(3, at("/spec/replicas").asInt());
        assertEquals("{\"spec\":{\"replicas\":3,\"paused\":true},\"metadata\":{\"name\":\"web\"}}\n",
                at("/metadata/annotations").path(LastApplied.ANNOTATION).asString());
        // Not set by the last client-side apply, so somebody else's.
        assertEquals(".spec.strategy.type", refused("kubectl", "spec: {replicas: 3, paused: true, strategy: {type: Y}}")
                .details().causes().getFirst().field());
    }

    @Test
    void statusAndSpecAreWrittenApart() {
        apply("me", "{spec: {replicas: 2}, status: {replicas: 9}}");
        assertEquals("me Apply [.spec.replicas]\n", owners());
        write("controller", Subresource.STATUS, "{spec: {replicas: 2}, status: {replicas: 1}}");
        assertEquals("me Apply [.spec.replicas]\ncontroller Update/status [.status.replicas]\n", owners());
    }

    @Test
    void ownersThatTheClientSetsAreTaken() {
        apply("me", "spec: {replicas: 2}");
        ObjectNode written = live.deepCopy();
        ((ObjectNode) written.at("/metadata/managedFields/0")).put("manager", "renamed");
        management.recordUpdate(target("kubectl", null), live, written);
        live = written;
        assertEquals("renamed Apply [.spec.replicas]\n", owners());
    }

    @Test
    void anEmptyEntryForgetsAllOwners() {
        apply("me", "spec: {replicas: 2}");
        ObjectNode written = live.deepCopy();
        ((ObjectNode) written.path("metadata")).putArray("managedFields").addObject();
        management.recordUpdate(target("kubectl", null), live, written);
        assertFalse(written.path("metadata").has("managedFields"));
    }

    @Test
    void aClientThatDropsTheOwnersDoesNotLoseThem() {
        apply("me", "spec: {replicas: 2}");
        ObjectNode written = live.deepCopy();
        ((ObjectNode) written.path("metadata")).remove("managedFields");
        management.recordUpdate(target("old-client", null), live, written);
        assertEquals(live, written);
    }

    @Test
    void anAppliedConfigurationMustNotBringOwners() {
        ObjectNode config = object("spec: {replicas: 2}");
        config.withObject("/metadata").putArray("managedFields").addObject().put("manager", "x");
        StatusException refusal = assertThrows(StatusException.class,
                () -> management.apply(target("me", null), null, config, false));
        assertEquals("metadata.managedFields must be nil", refusal.getMessage());
    }

    @Test
    void duplicatesInAnAppliedListAreRefused() {
        StatusException refusal = assertThrows(StatusException.class,
                () -> apply("me", "spec: {template: {spec: {containers: [{name: c}, {name: c}]}}}"));
        assertEquals(400, refusal.code());
        assertTrue(refusal.getMessage().contains("duplicate entries for key [name=\"c\"]"), refusal.getMessage());
    }

    @Test
    void theOldestUpdatersShareOneEntry() {
        for (int i = 0; i < 13; i++) {
            update("writer-" + i, "spec: {replicas: " + i + "}\nmetadata: {labels: {" + String.join(",",
                    java.util.stream.IntStream.rangeClosed(0, i).mapToObj(n -> "l" + n + ": v").toList()) + "}}");
        }
        assertEquals(11, at("/metadata/managedFields").size());
        assertTrue(owners().startsWith("ancient-changes Update [.metadata.labels, .metadata.labels.l0, .metadata.labels.l1, "
                + ".metadata.labels.l2]\n"), owners());
    }
}
