package dev.fairway.apiserver.apply;

import dev.fairway.apiserver.registry.Shape;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.kube.Json;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class FieldsTest {

    static JsonNode json(String text) {
        return Json.mapper().readTree(text.replace('\'', '"'));
    }

    @Test
    void anAppliedConfigurationClaimsLeavesItemsAndEntries() {
        JsonNode config = json("""
                {'metadata': {'name': 'x', 'labels': {'a': '1'}, 'finalizers': ['f/1', 'f/2']},
                 'spec': {'replicas': 3, 'selector': {'matchLabels': {'a': '1'}}, 'strategy': {},
                   'template': {'spec': {'containers': [{'name': 'c', 'args': ['a', 'b'],
                     'ports': [{'containerPort': 80}], 'env': []}]}}}}
                """);
        assertEquals("""
                {"f:metadata":{"f:finalizers":{"v:\\"f/1\\"":{},"v:\\"f/2\\"":{}},"f:labels":{"f:a":{}},"f:name":{}},\
                "f:spec":{"f:replicas":{},"f:selector":{},"f:strategy":{},"f:template":{"f:spec":{"f:containers":{\
                "k:{\\"name\\":\\"c\\"}":{".":{},"f:args":{},"f:name":{},"f:ports":{\
                "k:{\\"containerPort\\":80,\\"protocol\\":\\"TCP\\"}":{".":{},"f:containerPort":{}}}}}}}}}""",
                FieldsV1.encode(Fields.of(config, Types.DEPLOYMENT)).toString());
    }

    @Test
    void whatNobodyDeclaredDividesIntoItsFields() {
        assertEquals("""
                {"f:a":{".":{},"f:b":{}},"f:list":{}}""",
                FieldsV1.encode(Fields.of(json("{'a': {'b': 1}, 'list': [{'c': 1}]}"), Shape.ANYTHING)).toString());
    }

    @Test
    void duplicatesInAListAreNamed() {
        JsonNode config = json("{'spec': {'template': {'spec': {'containers': [{'name': 'c'}, {'name': 'c'}]}}}}");
        assertEquals(".spec.template.spec.containers: duplicate entries for key [name=\"c\"]",
                assertThrows(DuplicateItemException.class, () -> Fields.of(config, Types.DEPLOYMENT)).getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{}                           | {'data': {'a': '1'}}        | [.data, .data.a] | [] | []",
        "{'data': {'a': '1'}}         | {'data': {'a': '2'}}        | [] | [.data.a] | []",
        "{'data': {'a': '1'}}         | {'data': {'b': '1'}}        | [.data.b] | [] | [.data.a]",
        "{'data': {'a': '1'}}         | {}                          | [] | [] | [.data, .data.a]",
        "{'data': {'a': '1'}}         | {'data': {}}                | [] | [] | [.data.a]",
        "{'data': {}}                 | {'data': {}}                | [] | [] | []",
        "{}                           | {'data': {}}                | [.data] | [] | []",
        "{'metadata': {'name': 'a'}}  | {'metadata': {'name': 'a', 'labels': {'l': 'v'}}} "
            + "| [.metadata.labels, .metadata.labels.l] | [] | []",
        "{'metadata': {'finalizers': ['a', 'b']}} | {'metadata': {'finalizers': ['b', 'c']}} "
            + "| '[.metadata.finalizers[=\"c\"]]' | [] | '[.metadata.finalizers[=\"a\"]]'",
    })
    void aComparisonNamesWhatCameChangedAndWent(String before, String after, String added, String modified,
            String removed) {
        Fields.Comparison change = Fields.compare(json(before), json(after), Types.CONFIG_MAP);
        assertEquals(added.replace("'", ""), change.added().toString());
        assertEquals(modified, change.modified().toString());
        assertEquals(removed.replace("'", ""), change.removed().toString());
    }

    @Test
    void partsOfAStructHaveNoOwnerOfTheirOwn() {
        JsonNode after = json("{'spec': {'strategy': {'type': 'x'}, 'template': {'spec': {'containers': [{'name': 'c'}]}}}}");
        assertEquals("[.spec.strategy.type, .spec.template.spec.containers, "
                        + ".spec.template.spec.containers[name=\"c\"], .spec.template.spec.containers[name=\"c\"].name]",
                Fields.compare(json("{}"), after, Types.DEPLOYMENT).added().toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "[a,b]     | [c]     | [a,b,c]",
        "[a,x,b]   | [b,a]   | [x,b,a]",
        "[a,b,c]   | [n,b]   | [a,n,b,c]",
        "[a,b,x]   | [b,a]   | [b,x,a]",
        "[]        | [a,b]   | [a,b]",
        "[a,b]     | []      | [a,b]",
        "[a,b,c,d] | [d,a]   | [b,c,d,a]",
        "[a,b]     | [a,n,b] | [a,n,b]",
        "[a,a,b]   | [c]     | [a,a,b,c]",
    })
    void mergedListsKeepTheAppliedOrder(String live, String applied, String merged) {
        assertEquals(list(merged), Merge.merge(list(live), list(applied), Types.set(Shape.ATOM)));
    }

    private static JsonNode list(String letters) {
        ArrayNode list = Json.mapper().createArrayNode();
        letters.chars().filter(Character::isLetter).forEach(c -> list.add(Character.toString(c)));
        return list;
    }

    @Test
    void mergedItemsKeepWhatIsNotApplied() {
        JsonNode live = json("{'containers': [{'name': 'a', 'image': 'i', 'args': ['1']}, {'name': 'b'}]}");
        JsonNode applied = json("{'containers': [{'name': 'a', 'image': 'j'}]}");
        Shape spec = Types.struct(java.util.Map.of("containers", Types.keyed(Types.CONTAINER, "name")));
        assertEquals(json("{'containers': [{'name': 'a', 'image': 'j', 'args': ['1']}, {'name': 'b'}]}"),
                Merge.merge(live, applied, spec));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{'f:a':{}}", "{'f:a':{'.':{},'f:b':{}}}", "{'f:a':{'f:b':{}}}",
        "{'f:p':{'k:{\\'name\\':\\'x\\',\\'port\\':80}':{'.':{},'f:v':{}},'v:1':{},'v:true':{},'i:3':{}}}",
        "{'f:':{},'f:with.dot':{}}"})
    void theFormatOfFieldsIsReadAsItIsWritten(String text) {
        String fields = text.replace("\\'", "\\\"").replace('\'', '"');
        assertEquals(fields, FieldsV1.encode(FieldsV1.decode(Json.mapper().readTree(fields))).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'x:a':{}}", "{'f':{}}", "{'f:a':1}", "{'k:nojson':{}}", "{'i:a':{}}", "[]"})
    void whatIsNotInTheFormatIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> FieldsV1.decode(json(text)));
    }

    @Test
    void removingAddingAndComparingAgree() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            ObjectNode before = object(random);
            ObjectNode after = object(random);
            Fields.Comparison change = Fields.compare(before, after, Types.DEPLOYMENT);
            assertEquals(before.equals(after), change.isSame(), () -> "seed " + seed + ": " + before + " -> " + after);
            FieldSet left = Fields.of(before, Types.DEPLOYMENT);
            FieldSet right = Fields.of(after, Types.DEPLOYMENT);
            assertEquals(right.minus(left), right.minus(left).intersection(change.added().union(change.modified())),
                    () -> "seed " + seed + ": " + before + " -> " + after);
            assertTrue(left.intersection(change.added()).isEmpty(), () -> "seed " + seed);
            assertEquals(left.union(right), right.union(left));
            assertEquals(left, left.minus(right).union(left.intersection(right)));
            JsonNode merged = Merge.merge(before, after, Types.DEPLOYMENT);
            Fields.Comparison over = Fields.compare(after, merged, Types.DEPLOYMENT);
            assertTrue(over.modified().isEmpty() && over.removed().isEmpty(),
                    () -> "seed " + seed + ": " + before + " + " + after + " = " + merged);
        }
    }

    private static ObjectNode object(Random random) {
        ObjectNode object = Json.object();
        ObjectNode labels = object.putObject("metadata").putObject("labels");
        for (String key : List.of("a", "b", "c")) {
            if (random.nextBoolean()) {
                labels.put(key, "" + random.nextInt(2));
            }
        }
        if (labels.isEmpty()) {
            object.remove("metadata");
        }
        ObjectNode spec = object.putObject("spec");
        if (random.nextBoolean()) {
            spec.put("replicas", random.nextInt(3));
        }
        ArrayNode containers = spec.putObject("template").putObject("spec").putArray("containers");
        for (String name : List.of("x", "y", "z")) {
            if (random.nextBoolean()) {
                ObjectNode container = containers.addObject().put("name", name);
                if (random.nextBoolean()) {
                    container.put("image", "" + random.nextInt(2));
                }
                if (random.nextBoolean()) {
                    container.putArray("args").add(random.nextInt(2));
                }
            }
        }
        return object;
    }
}
