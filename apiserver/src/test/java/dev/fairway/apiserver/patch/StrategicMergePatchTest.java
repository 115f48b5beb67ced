package dev.fairway.apiserver.patch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.fairway.apiserver.typed.BuiltinSchema;
import dev.fairway.apiserver.errors.StatusException;
import dev.fairway.apiserver.registry.PatchSchema;
import dev.fairway.kube.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** On the real types of Pod: containers merge by name, ports by containerPort, finalizers as a set, tolerations not. */
class StrategicMergePatchTest {
    private static final PatchSchema POD = BuiltinSchema.of("v1", "Pod").orElseThrow().patch();

    private static ObjectNode parse(String json) {
        return Json.parseObject(json.replace('\'', '"'));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "a field of one container|{'spec':{'containers':[{'name':'a','image':'1'},{'name':'b','image':'1'}]}}|{'spec':{'containers':[{'name':'b','image':'2'}]}}|{'spec':{'containers':[{'name':'a','image':'1'},{'name':'b','image':'2'}]}}",
        "a new container stands first|{'spec':{'containers':[{'name':'a'}]}}|{'spec':{'containers':[{'name':'c'}]}}|{'spec':{'containers':[{'name':'c'},{'name':'a'}]}}",
        "the order that is asked for|{'spec':{'containers':[{'name':'a'},{'name':'b'}]}}|{'spec':{'$setElementOrder/containers':[{'name':'a'},{'name':'b'},{'name':'c'}],'containers':[{'name':'c'}]}}|{'spec':{'containers':[{'name':'a'},{'name':'b'},{'name':'c'}]}}",
        "an order alone|{'spec':{'containers':[{'name':'a'},{'name':'b'}]}}|{'spec':{'$setElementOrder/containers':[{'name':'b'},{'name':'a'}]}}|{'spec':{'containers':[{'name':'b'},{'name':'a'}]}}",
        "a container removed|{'spec':{'containers':[{'name':'a'},{'name':'b'}]}}|{'spec':{'containers':[{'$patch':'delete','name':'a'}]}}|{'spec':{'containers':[{'name':'b'}]}}",
        "a list replaced|{'spec':{'containers':[{'name':'a'},{'name':'b'}]}}|{'spec':{'containers':[{'$patch':'replace'},{'name':'c'}]}}|{'spec':{'containers':[{'name':'c'}]}}",
        "an object replaced|{'metadata':{'labels':{'a':'1','b':'2'}}}|{'metadata':{'labels':{'$patch':'replace','c':'3'}}}|{'metadata':{'labels':{'c':'3'}}}",
        "a field removed|{'spec':{'nodeName':'n','hostNetwork':true}}|{'spec':{'nodeName':null}}|{'spec':{'hostNetwork':true}}",
        "a nested list by its own key|{'spec':{'containers':[{'name':'a','ports':[{'containerPort':80},{'containerPort':90}]}]}}|{'spec':{'containers':[{'name':'a','ports':[{'containerPort':90,'name':'x'}]}]}}|{'spec':{'containers':[{'name':'a','ports':[{'containerPort':80},{'containerPort':90,'name':'x'}]}]}}",
        "scalars merge, new ones first|{'metadata':{'finalizers':['a/a','b/b']}}|{'metadata':{'finalizers':['c/c']}}|{'metadata':{'finalizers':['c/c','a/a','b/b']}}",
        "scalars removed|{'metadata':{'finalizers':['a/a','b/b']}}|{'metadata':{'$deleteFromPrimitiveList/finalizers':['a/a']}}|{'metadata':{'finalizers':['b/b']}}",
        "an atomic list is replaced|{'spec':{'tolerations':[{'key':'a'}]}}|{'spec':{'tolerations':[{'key':'b'}]}}|{'spec':{'tolerations':[{'key':'b'}]}}",
        "keys retained|{'spec':{'volumes':[{'name':'v','emptyDir':{}}]}}|{'spec':{'volumes':[{'name':'v','$retainKeys':['name','hostPath'],'hostPath':{'path':'/x'}}]}}|{'spec':{'volumes':[{'name':'v','hostPath':{'path':'/x'}}]}}",
        "nulls and directives do not enter new values|{}|{'spec':{'nodeName':null,'containers':[{'name':'a','$patch':'merge','image':null}]}}|{'spec':{'containers':[{'name':'a'}]}}",
        "deleting what is not there|{'spec':{}}|{'spec':{'containers':[{'$patch':'delete','name':'a'}]}}|{'spec':{'containers':[]}}",
    })
    void merges(String name, String document, String patch, String result) {
        ObjectNode before = parse(document);
        assertEquals(parse(result), StrategicMergePatch.apply(before, parse(patch), POD), name);
        assertEquals(parse(document), before, "the document is not changed");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "{'spec':{'containers':[{'image':'x'}]}}",
        "{'spec':{'containers':['x']}}",
        "{'spec':{'$patch':'burn'}}",
        "{'spec':{'$setElementOrder/containers':'a'}}",
        "{'spec':{'$retainKeys':['a'],'nodeName':'b'}}",
    })
    void refuses(String patch) {
        ObjectNode document = parse("{'spec':{'containers':[{'name':'a'}]}}");
        assertEquals(400, assertThrows(StatusException.class,
                () -> StrategicMergePatch.apply(document, parse(patch), POD)).code());
    }

    @Test
    void anUnknownTypeMergesAsAMergePatch() {
        ObjectNode document = parse("{'a':{'b':[1],'c':2}}");
        assertEquals(parse("{'a':{'b':[3],'c':2}}"),
                StrategicMergePatch.apply(document, parse("{'a':{'b':[3]}}"), PatchSchema.UNKNOWN));
    }
}
