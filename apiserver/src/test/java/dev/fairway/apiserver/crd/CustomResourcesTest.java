package dev.fairway.apiserver.crd;

import static dev.fairway.testkit.Await.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.apiserver.RunningServer;
import dev.fairway.apiserver.RunningServer.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** A custom kind with two versions, from its definition to its end. */
class CustomResourcesTest {
    private static final String DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    private static final String SCHEMA = """
            {"type":"object","properties":{
              "spec":{"type":"object","required":["size"],
                "x-kubernetes-validations":[
                  {"rule":"self.least <= self.size","message":"size is below least","fieldPath":".size"},
                  {"rule":"!has(oldSelf.color) || self.color == oldSelf.color","message":"color is fixed","reason":"FieldValueForbidden"}],
                "properties":{
                  "size":{"type":"integer","minimum":0,"maximum":100},
                  "least":{"type":"integer","default":1},
                  "color":{"type":"string","enum":["red","blue"]},
                  "code":{"type":"string","pattern":"^[a-z]+$","maxLength":5},
                  "port":{"x-kubernetes-int-or-string":true},
                  "free":{"type":"object","x-kubernetes-preserve-unknown-fields":true},
                  "tags":{"type":"object","additionalProperties":{"type":"string"}},
                  "parts":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["name"],
                    "items":{"type":"object","required":["name"],"properties":{"name":{"type":"string"},"count":{"type":"integer","default":7}}}}}},
              "status":{"type":"object","properties":{"size":{"type":"integer"},"selector":{"type":"string"}}}}}""";
    private static RunningServer server;
    private static String path;

    @BeforeAll
    static void start() {
        server = new RunningServer();
        String definition = """
                {"metadata":{"name":"widgets.example.com"},"spec":{"group":"example.com","scope":"Namespaced",
                 "names":{"plural":"widgets","kind":"Widget","shortNames":["wd"]},
                 "versions":[
                  {"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":%1$s},
                   "subresources":{"status":{},"scale":{"specReplicasPath":".spec.size","statusReplicasPath":".status.size","labelSelectorPath":".status.selector"}},
                   "selectableFields":[{"jsonPath":".spec.color"}],
                   "additionalPrinterColumns":[{"name":"Size","type":"integer","jsonPath":".spec.size"},
                    {"name":"First","type":"string","jsonPath":".spec.parts[?(@.name==\\"a\\")].count"}]},
                  {"name":"v1beta1","served":true,"storage":false,"deprecated":true,"schema":{"openAPIV3Schema":%1$s}}]}}
                """.formatted(SCHEMA);
        Answer created = server.post(DEFINITIONS, definition);
        assertEquals(201, created.status(), created.body());
        until(() -> server.get(DEFINITIONS + "/widgets.example.com").json().path("status").path("conditions").valueStream()
                .anyMatch(each -> each.path("type").asString().equals("Established") && each.path("status").asString().equals("True")));
        path = "/apis/example.com/v1/namespaces/default/widgets";
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Answer create(String name, String spec) {
        return server.post(path, "{\"metadata\":{\"name\":\"" + name + "\"},\"spec\":" + spec + "}");
    }

    @Test
    void defaultsAndPruning() {
        Answer created = create("a", "{\"size\":5,\"strange\":1,\"free\":{\"any\":{\"thing\":2}},\"parts\":[{\"name\":\"x\",\"odd\":1}]}");
        assertEquals(201, created.status(), created.body());
        JsonNode spec = created.json().path("spec");
        assertEquals(1, spec.path("least").asInt());
        assertFalse(spec.has("strange"));
        assertEquals(2, spec.path("free").path("any").path("thing").asInt());
        assertEquals(7, spec.path("parts").path(0).path("count").asInt());
        assertFalse(spec.path("parts").path(0).has("odd"));
        assertEquals(1, created.json().path("metadata").path("generation").asInt());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "{}|spec.size|Required value",
        "{'size':'x'}|spec.size|Invalid value: \"string\": spec.size in body must be of type integer: \"string\"",
        "{'size':101}|spec.size|Invalid value: 101: spec.size in body should be less than or equal to 100",
        "{'size':5,'color':'green'}|spec.color|Unsupported value: \"green\": supported values: \"blue\", \"red\"",
        "{'size':5,'code':'A1'}|spec.code|Invalid value: \"A1\": spec.code in body should match '^[a-z]+$'",
        "{'size':5,'code':'abcdef'}|spec.code|Too long: may not be more than 5 bytes",
        "{'size':5,'port':1.5}|spec.port|Invalid value: \"number\": spec.port in body must be of type integer,string: \"number\"",
        "{'size':5,'tags':{'a':1}}|spec.tags.a|Invalid value: \"integer\": spec.tags.a in body must be of type string: \"integer\"",
        "{'size':5,'parts':[{'name':'a'},{'name':'a'}]}|spec.parts[1]|Duplicate value: {\"name\":\"a\"}",
        "{'size':5,'parts':[{}]}|spec.parts[0].name|Required value",
        "{'size':1,'least':2}|spec.size|Invalid value: size is below least",
    })
    void whatTheSchemaForbidsIsInvalid(String spec, String field, String message) {
        Answer refused = create("bad", spec.replace('\'', '"'));
        assertEquals(422, refused.status(), refused.body());
        JsonNode cause = refused.json().path("details").path("causes").path(0);
        assertEquals(field, cause.path("field").asString());
        assertEquals(message, cause.path("message").asString());
    }

    @Test
    void aTransitionRuleComparesWithWhatWas() {
        create("t", "{\"size\":5,\"color\":\"red\"}");
        assertEquals(200, server.patch(path + "/t", "merge", "{\"spec\":{\"size\":6}}").status());
        Answer refused = server.patch(path + "/t", "merge", "{\"spec\":{\"color\":\"blue\"}}");
        assertEquals(422, refused.status());
        assertTrue(refused.message().endsWith("spec: Forbidden: color is fixed"), refused.message());
    }

    @Test
    void statusAndScale() {
        create("s", "{\"size\":5}");
        Answer status = server.patch(path + "/s/status", "merge", "{\"spec\":{\"size\":9},\"status\":{\"size\":4,\"selector\":\"a=b\"}}");
        assertEquals(5, status.json().path("spec").path("size").asInt());
        assertEquals(1, status.json().path("metadata").path("generation").asInt());
        JsonNode scale = server.get(path + "/s/scale").json();
        assertEquals("Scale", scale.path("kind").asString());
        assertEquals(5, scale.path("spec").path("replicas").asInt());
        assertEquals(4, scale.path("status").path("replicas").asInt());
        assertEquals("a=b", scale.path("status").path("selector").asString());
        server.patch(path + "/s/scale", "merge", "{\"spec\":{\"replicas\":8}}");
        JsonNode scaled = server.get(path + "/s").json();
        assertEquals(8, scaled.path("spec").path("size").asInt());
        assertEquals(2, scaled.path("metadata").path("generation").asInt());
    }

    @Test
    void theOtherVersionShowsTheSameObjects() {
        create("v", "{\"size\":5}");
        Answer other = server.get("/apis/example.com/v1beta1/namespaces/default/widgets/v");
        assertTrue(other.http().headers().firstValue("Warning").orElse("").contains("is deprecated"));
        assertEquals("example.com/v1beta1", other.json().path("apiVersion").asString());
        Answer written = server.post("/apis/example.com/v1beta1/namespaces/default/widgets", "{\"metadata\":{\"name\":\"w\"},\"spec\":{\"size\":1}}");
        assertEquals(201, written.status());
        assertEquals("299 - \"example.com/v1beta1 Widget is deprecated; use example.com/v1 Widget\"", written.http().headers().firstValue("Warning").orElse(""));
        assertEquals("example.com/v1", server.get(path + "/w").json().path("apiVersion").asString());
        JsonNode list = server.get("/apis/example.com/v1beta1/widgets").json();
        assertEquals("WidgetList", list.path("kind").asString());
        list.path("items").forEach(item -> assertEquals("example.com/v1beta1", item.path("apiVersion").asString()));
    }

    @Test
    void columnsAndSelectableFields() {
        create("c", "{\"size\":5,\"color\":\"blue\",\"parts\":[{\"name\":\"a\",\"count\":3}]}");
        Answer table = server.get(path + "?fieldSelector=spec.color%3Dblue", "Accept", "application/json;as=Table;v=v1;g=meta.k8s.io");
        assertEquals("[\"c\",5,\"3\"]", table.json().path("rows").path(0).path("cells").toString());
    }

    @Test
    void strategicMergeIsNotForCustomKinds() {
        create("p", "{\"size\":5}");
        assertEquals(415, server.patch(path + "/p", "strategic-merge", "{}").status());
    }

    @Test
    void serverSideApplyMergesByTheKeysOfTheSchema() {
        String first = "{\"apiVersion\":\"example.com/v1\",\"kind\":\"Widget\",\"metadata\":{\"name\":\"y\"},\"spec\":{\"size\":5,\"parts\":[{\"name\":\"a\",\"count\":1}]}}";
        assertEquals(201, server.patch(path + "/y?fieldManager=one", "apply", first).status());
        Answer second = server.patch(path + "/y?fieldManager=two", "apply", first.replace("\"name\":\"a\"", "\"name\":\"b\"").replace("\"size\":5,", ""));
        assertEquals(200, second.status(), second.body());
        assertEquals(2, second.json().path("spec").path("parts").size());
        Answer conflict = server.patch(path + "/y?fieldManager=two", "apply", first.replace("\"size\":5", "\"size\":6"));
        assertEquals(409, conflict.status());
    }

    @Test
    void theDefinitionIsPublished() {
        JsonNode resources = server.get("/apis/example.com/v1").json().path("resources");
        assertTrue(resources.valueStream().anyMatch(each -> each.path("name").asString().equals("widgets/scale")));
        JsonNode schemas = server.get("/openapi/v3/apis/example.com/v1").json().path("components").path("schemas");
        assertTrue(schemas.path("com.example.v1.Widget").path("properties").has("spec"));
        assertTrue(schemas.path("com.example.v1.Widget").path("properties").has("metadata"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "{'type':'string'}", "{'type':'object','properties':{'a':{}}}", "{'type':'object','properties':{'a':{'type':'array'}}}",
        "{'type':'object','properties':{'a':{'type':'string','pattern':'('}}}", "{'type':'object','properties':{'a':{'$ref':'#/x'}}}",
        "{'type':'object','x-kubernetes-validations':[{'rule':'self.('}]}",
        "{'type':'object','properties':{'a':{'type':'array','items':{'type':'string'},'x-kubernetes-list-type':'map'}}}",
    })
    void schemasThatAreNotStructuralAreRefused(String schema) {
        Answer refused = server.post(DEFINITIONS, """
                {"metadata":{"name":"bads.example.com"},"spec":{"group":"example.com","scope":"Cluster","names":{"plural":"bads","kind":"Bad"},
                 "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":%s}}]}}""".formatted(schema.replace('\'', '"')));
        assertEquals(422, refused.status(), refused.body());
    }

    @Test
    void aDeletedDefinitionTakesItsObjectsAlong() {
        server.post(DEFINITIONS, """
                {"metadata":{"name":"shorts.example.com"},"spec":{"group":"example.com","scope":"Cluster","names":{"plural":"shorts","kind":"Short"},
                 "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object"}}}]}}""");
        until(() -> server.get("/apis/example.com/v1/shorts").status() == 200);
        assertEquals(201, server.post("/apis/example.com/v1/shorts", "{\"metadata\":{\"name\":\"a\"}}").status());
        server.delete(DEFINITIONS + "/shorts.example.com", "");
        until(() -> server.get(DEFINITIONS + "/shorts.example.com").status() == 404);
        until(() -> server.get("/apis/example.com/v1/shorts").status() == 404);
        assertEquals(0, server.store().count("/registry/example.com/shorts/"));
    }

    private static void define(String plural, String kind, String names, String versions) {
        Answer created = server.post(DEFINITIONS, """
                {"metadata":{"name":"%1$s.example.com"},"spec":{"group":"example.com","scope":"Namespaced","names":{"plural":"%1$s","kind":"%2$s"%3$s},
                 "versions":[%4$s]}}""".formatted(plural, kind, names, versions));
        assertEquals(201, created.status(), created.body());
    }

    private static String condition(String plural, String type) {
        return server.get(DEFINITIONS + "/" + plural + ".example.com").json().path("status").path("conditions").valueStream()
                .filter(each -> each.path("type").asString().equals(type)).map(each -> each.path("status").asString() + " " + each.path("reason").asString())
                .findFirst().orElse("");
    }

    @Test
    void aNameInUseKeepsADefinitionFromBeingServedUntilItIsFree() {
        String version = "{\"name\":\"v1\",\"served\":true,\"storage\":true,\"schema\":{\"openAPIV3Schema\":{\"type\":\"object\"}}}";
        define("firsts", "First", ",\"shortNames\":[\"ff\"]", version);
        until(() -> condition("firsts", "Established").startsWith("True"));
        define("seconds", "Second", ",\"shortNames\":[\"ff\"]", version);
        until(() -> condition("seconds", "NamesAccepted").equals("False ShortNamesConflict"));
        assertEquals("False NotAccepted", condition("seconds", "Established"));
        assertEquals(404, server.get("/apis/example.com/v1/seconds").status());
        server.delete(DEFINITIONS + "/firsts.example.com", "");
        until(() -> condition("seconds", "Established").startsWith("True"));
        assertEquals(200, server.get("/apis/example.com/v1/seconds").status());
    }

    @Test
    void whatASchemaComesToSayShowsInWhatWasStoredBefore() {
        String version = """
                {"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","properties":{%s}}}}},
                 "additionalPrinterColumns":[{"name":"A","type":"string","jsonPath":".spec.a"}]}""";
        define("laters", "Later", "", version.formatted("\"a\":{\"type\":\"string\"},\"gone\":{\"type\":\"string\"}"));
        until(() -> server.get("/apis/example.com/v1/laters").status() == 200);
        String at = "/apis/example.com/v1/namespaces/default/laters";
        server.post(at, "{\"metadata\":{\"name\":\"x\"},\"spec\":{\"a\":\"long\",\"gone\":\"y\"}}");
        String changed = version.formatted("\"a\":{\"type\":\"string\",\"maxLength\":2},\"b\":{\"type\":\"object\",\"default\":{\"c\":7},"
                + "\"properties\":{\"c\":{\"type\":\"integer\"}}}");
        assertEquals(200, server.patch(DEFINITIONS + "/laters.example.com", "merge", "{\"spec\":{\"versions\":[" + changed + "]}}").status());
        until(() -> server.get(at + "/x").json().path("spec").has("b"));
        assertEquals("{\"a\":\"long\",\"b\":{\"c\":7}}", server.get(at + "/x").json().path("spec").toString());
        assertEquals("{\"a\":\"long\",\"b\":{\"c\":7}}", server.get(at).json().path("items").path(0).path("spec").toString());
        // The value is too long by now, but it is as it was; a new one must fit.
        assertEquals(200, server.patch(at + "/x", "merge", "{\"spec\":{\"b\":{\"c\":8}}}").status());
        assertEquals(422, server.patch(at + "/x", "merge", "{\"spec\":{\"a\":\"longer\"}}").status());
    }

    @Test
    void eachVersionHasItsColumns() {
        String version = "{\"name\":\"%s\",\"served\":true,\"storage\":%s,\"schema\":{\"openAPIV3Schema\":{\"type\":\"object\"}},"
                + "\"additionalPrinterColumns\":[{\"name\":\"%s\",\"type\":\"string\",\"jsonPath\":\".metadata.name\"}]}";
        define("columns", "Column", ",\"listKind\":\"Columns\"", version.formatted("v1", "true", "New") + "," + version.formatted("v1alpha1", "false", "Old"));
        until(() -> server.get("/apis/example.com/v1/columns").status() == 200);
        String table = "application/json;as=Table;v=v1;g=meta.k8s.io";
        assertEquals("New", server.get("/apis/example.com/v1/columns", "Accept", table).json().at("/columnDefinitions/1/name").asString());
        assertEquals("Old", server.get("/apis/example.com/v1alpha1/columns", "Accept", table).json().at("/columnDefinitions/1/name").asString());
        assertEquals("Columns", server.get("/apis/example.com/v1/columns").json().path("kind").asString());
    }
}
