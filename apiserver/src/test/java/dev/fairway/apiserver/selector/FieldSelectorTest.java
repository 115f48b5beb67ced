package dev.fairway.apiserver.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.fairway.apiserver.builtin.BuiltinResources;
import dev.fairway.apiserver.errors.StatusException;
import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.apiserver.registry.ResourceTable;
import dev.fairway.kube.Json;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FieldSelectorTest {
    private static final ResourceDefinition PODS = new ResourceTable(BuiltinResources.all()).require("", "pods");
    private static final String POD = "{\"metadata\":{\"name\":\"p\",\"namespace\":\"n\"},\"spec\":{\"nodeName\":\"a,b\"},"
            + "\"status\":{\"phase\":\"Running\"}}";

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "metadata.name=p|true", "metadata.name==p|true", "metadata.name!=p|false", "metadata.namespace=n,status.phase=Running|true",
        "status.phase=Pending|false", "spec.nodeName=a\\,b|true", "spec.hostNetwork=false|true", "status.podIP=|true", "''|true",
    })
    void matches(String text, boolean expected) {
        assertEquals(expected, FieldSelector.parse(text, PODS).matches(Json.parseObject(POD), PODS.selectable()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"spec.containers=x", "metadata.name", "metadata.name=a\\x", "metadata.name=a=b"})
    void refuses(String text) {
        assertEquals(400, assertThrows(StatusException.class, () -> FieldSelector.parse(text, PODS)).code());
    }

    @Test
    void knowsTheOnlyNameThatCanMatch() {
        assertEquals(Optional.of("p"), FieldSelector.parse("metadata.name=p", PODS).requiredName());
        assertEquals(Optional.empty(), FieldSelector.parse("metadata.name!=p", PODS).requiredName());
    }
}
