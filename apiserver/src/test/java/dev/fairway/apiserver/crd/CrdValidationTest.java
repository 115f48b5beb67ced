package dev.fairway.apiserver.crd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.kube.Json;
import dev.fairway.schema.FieldError;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** What a CustomResourceDefinition may say. */
class CrdValidationTest {
    private static final String SCHEMA = "spec.versions[0].schema.openAPIV3Schema";

    private static ObjectNode definition(String schema) {
        return Json.parseObject("""
                {"metadata":{"name":"things.example.com"},"spec":{"group":"example.com","scope":"Namespaced",
                 "names":{"plural":"things","singular":"thing","kind":"Thing","listKind":"ThingList"},
                 "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":%s}}]}}"""
                .formatted(schema.replace('\'', '"')).getBytes());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "{'type':'string'}|.type|Invalid value: \"string\": must be object at the root",
        "{'properties':{}}|.type|Required value: must not be empty at the root",
        "{'type':'object','additionalProperties':{'type':'string'}}|.additionalProperties|Forbidden: must not be used at the root",
        "{'type':'object','nullable':true}|.nullable|Forbidden: nullable cannot be true at the root",
        "{'type':'object','properties':{'a':{'properties':{}}}}|.properties[a].type|Required value: must not be empty for specified object fields",
        "{'type':'object','properties':{'a':{'type':'array','items':{}}}}|.properties[a].items.type|Required value: must not be empty for specified array items",
        "{'type':'object','properties':{'a':{'type':'array'}}}|.properties[a].items|Required value: must be specified",
        "{'type':'object','properties':{'a':{'type':'text'}}}|.properties[a].type|Unsupported value: \"text\": supported values: \"array\", \"boolean\", \"integer\", \"number\", \"object\", \"string\"",
        "{'type':'object','properties':{'a':{'type':'string','pattern':'('}}}|.properties[a].pattern|Invalid value: \"(\": must be a valid regular expression, but isn't: error parsing regexp: missing closing ): `(`",
        "{'type':'object','properties':{'a':{'type':'string','$ref':'#/x'}}}|.properties[a].$ref|Forbidden: $ref is not supported",
        "{'type':'object','properties':{'a':{'type':'object','anyOf':[{'type':'object'}]}}}|.properties[a].anyOf[0].type|Forbidden: must be empty to be structural",
        "{'type':'object','properties':{'a':{'type':'object','not':{'default':1}}}}|.properties[a].not.default|Forbidden: must be undefined to be structural",
        "{'type':'object','properties':{'a':{'type':'string','allOf':[{'nullable':true}]}}}|.properties[a].allOf[0].nullable|Forbidden: must be false to be structural",
        "{'type':'object','oneOf':[{'required':['a']},{'properties':{'b':{'pattern':'x'}}}]}|.properties[b]|Required value: because it is defined in " + SCHEMA + ".oneOf[1].properties[b]",
        "{'type':'object','properties':{'metadata':{'type':'object','properties':{'labels':{'type':'object'}}}}}|.properties[metadata]|Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified",
        "{'type':'object','properties':{'kind':{'type':'integer'}}}|.properties[kind].type|Invalid value: \"integer\": must be string",
        "{'type':'object','properties':{'a':{'type':'string','x-kubernetes-embedded-resource':true,'x-kubernetes-preserve-unknown-fields':true}}}|.properties[a].type|Invalid value: \"string\": must be object if x-kubernetes-embedded-resource is true",
        "{'type':'object','properties':{'a':{'type':'object','x-kubernetes-embedded-resource':true}}}|.properties[a].properties|Required value: must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields",
        "{'type':'object','properties':{'a':{'x-kubernetes-int-or-string':true,'x-kubernetes-preserve-unknown-fields':true}}}|.properties[a].x-kubernetes-preserve-unknown-fields|Invalid value: true: must be false if x-kubernetes-int-or-string is true",
        "{'type':'object','x-kubernetes-preserve-unknown-fields':false}|.x-kubernetes-preserve-unknown-fields|Invalid value: false: must be true or undefined",
        "{'type':'object','properties':{'a':{'type':'object','properties':{'b':{'type':'string'}},'additionalProperties':{'type':'string'}}}}|.properties[a].additionalProperties|Forbidden: additionalProperties and properties are mutual exclusive",
        "{'type':'object','properties':{'a':{'type':'array','items':{'type':'string'},'uniqueItems':true}}}|.properties[a].uniqueItems|Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic",
        "{'type':'object','properties':{'a':{'type':'array','x-kubernetes-list-type':'set','items':{'type':'object'}}}}|.properties[a].items.x-kubernetes-map-type|Invalid value: null: must be atomic as item of a list with x-kubernetes-list-type=set",
        "{'type':'object','properties':{'a':{'type':'array','x-kubernetes-list-type':'set','items':{'type':'string','nullable':true}}}}|.properties[a].items.nullable|Forbidden: cannot be nullable when x-kubernetes-list-type is set",
        "{'type':'object','properties':{'a':{'type':'array','x-kubernetes-list-type':'map','items':{'type':'object'}}}}|.properties[a].x-kubernetes-list-map-keys|Required value: must not be empty if x-kubernetes-list-type is map",
        "{'type':'object','properties':{'a':{'type':'array','x-kubernetes-list-type':'map','x-kubernetes-list-map-keys':['k'],'items':{'type':'object','properties':{'k':{'type':'string'}}}}}}|.properties[a].items.properties[k].default|Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property",
        "{'type':'object','properties':{'a':{'type':'array','x-kubernetes-list-map-keys':['k'],'items':{'type':'string'}}}}|.properties[a].x-kubernetes-list-type|Required value: must be map if x-kubernetes-list-map-keys is non-empty",
        "{'type':'object','properties':{'a':{'type':'string','x-kubernetes-map-type':'atomic'}}}|.properties[a].type|Invalid value: \"string\": must be object if x-kubernetes-map-type is specified",
        "{'type':'object','properties':{'a':{'type':'string','default':1}}}|.properties[a].default|Invalid value: \"integer\": " + SCHEMA + ".properties[a].default in body must be of type string: \"integer\"",
        "{'type':'object','properties':{'a':{'type':'object','default':{'z':1}}}}|.properties[a].default|Invalid value: {\"z\":1}: must not have unknown fields",
        "{'type':'object','properties':{'a':{'type':'object','default':{},'required':['b'],'properties':{'b':{'type':'string'}}}}}|.properties[a].default.b|Required value",
        "{'type':'object','properties':{'a':{'type':'integer','default':1,'x-kubernetes-validations':[{'rule':'self > 1'}]}}}|.properties[a].default|Invalid value: 1: failed rule: self > 1",
    })
    void schemasThatAreRefused(String schema, String path, String message) {
        List<FieldError> errors = CrdValidation.validate(definition(schema));
        assertTrue(errors.stream().anyMatch(each -> each.field().equals(SCHEMA + path) && each.body().equals(message)), errors.toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "{'type':'object'}",
        "{'type':'object','properties':{'metadata':{'type':'object','properties':{'name':{'type':'string','maxLength':5}}}}}",
        "{'type':'object','properties':{'a':{'x-kubernetes-int-or-string':true,'anyOf':[{'type':'integer'},{'type':'string'}],'pattern':'x'}}}",
        "{'type':'object','properties':{'a':{'x-kubernetes-int-or-string':true,'allOf':[{'anyOf':[{'type':'integer'},{'type':'string'}]},{'pattern':'x'}]}}}",
        "{'type':'object','oneOf':[{'required':['a']},{'required':['b']}],'properties':{'a':{'type':'string'},'b':{'type':'string'}}}",
        "{'type':'object','properties':{'a':{'type':'object','default':{},'properties':{'b':{'type':'string','default':'x'}}}}}",
        "{'type':'object','properties':{'a':{'type':'object','x-kubernetes-embedded-resource':true,'x-kubernetes-preserve-unknown-fields':true}}}",
        "{'type':'object','x-kubernetes-preserve-unknown-fields':true}",
    })
    void schemasThatAreFine(String schema) {
        assertEquals(List.of(), CrdValidation.validate(definition(schema)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "/metadata/name|\"x.y\"|metadata.name|must be spec.names.plural+\".\"+spec.group",
        "/spec/group|\"example\"|spec.group|should be a domain with at least one dot",
        "/spec/scope|\"Global\"|spec.scope|supported values: \"Cluster\", \"Namespaced\"",
        "/spec/names/kind|\"2x\"|spec.names.kind|may have mixed case, but should otherwise match: a DNS-1035 label",
        "/spec/names/listKind|\"Thing\"|spec.names.listKind|kind and listKind may not be the same",
        "/spec/names/shortNames|[\"A\"]|spec.names.shortNames[0]|a DNS-1035 label",
        "/spec/names/categories|[\"1\"]|spec.names.categories[0]|a DNS-1035 label",
        "/spec/versions/0/name|\"1\"|spec.versions[0].name|a DNS-1035 label",
        "/spec/versions/0/storage|false|spec.versions|must have exactly one version marked as storage version",
        "/spec/versions/0/deprecationWarning|\"x\"|spec.versions[0].deprecationWarning|can only be set for deprecated versions",
        "/spec/versions/0/subresources|{\"scale\":{\"specReplicasPath\":\".spec.n\"}}|spec.versions[0].subresources.scale.statusReplicasPath|",
        "/spec/versions/0/subresources|{\"scale\":{\"specReplicasPath\":\".status.n\",\"statusReplicasPath\":\".status.n\"}}|spec.versions[0].subresources.scale.specReplicasPath|should be a json path under .spec",
        "/spec/versions/0/additionalPrinterColumns|[{\"name\":\"A\",\"type\":\"text\",\"jsonPath\":\".a\"}]|spec.versions[0].additionalPrinterColumns[0].type|must be one of boolean,date,integer,number,string",
        "/spec/versions/0/additionalPrinterColumns|[{\"name\":\"A\",\"type\":\"string\",\"jsonPath\":\"a\"}]|spec.versions[0].additionalPrinterColumns[0].jsonPath|must be a simple json path starting with .",
        "/spec/versions/0/selectableFields|[{\"jsonPath\":\".spec.nope\"}]|spec.versions[0].selectableFields[0].jsonPath|is an invalid path",
        "/spec/versions/0/selectableFields|[{\"jsonPath\":\".spec\"}]|spec.versions[0].selectableFields[0].jsonPath|must point to a field of type string, boolean or integer",
        "/spec/conversion|{\"strategy\":\"Magic\"}|spec.conversion.strategy|supported values",
    })
    void fieldsThatAreRefused(String pointer, String value, String field, String detail) {
        ObjectNode definition = definition("{'type':'object','properties':{'spec':{'type':'object'}}}");
        int slash = pointer.lastIndexOf('/');
        ((ObjectNode) definition.at(pointer.substring(0, slash))).set(pointer.substring(slash + 1), Json.mapper().readTree(value));
        List<FieldError> errors = CrdValidation.validate(definition);
        assertTrue(errors.stream().anyMatch(each -> each.field().equals(field) && each.detail().contains(detail == null ? "" : detail)), errors.toString());
    }

    @Test
    void groupsOfKubernetesNeedApproval() {
        ObjectNode definition = definition("{'type':'object'}");
        ((ObjectNode) definition.get("spec")).put("group", "x.k8s.io");
        ((ObjectNode) definition.get("metadata")).put("name", "things.x.k8s.io");
        assertEquals("metadata.annotations[api-approved.kubernetes.io]", CrdValidation.validate(definition).getFirst().field());
        definition.withObject("/metadata/annotations").put("api-approved.kubernetes.io", "unapproved, experimental");
        assertEquals(List.of(), CrdValidation.validate(definition));
    }
}
