package dev.fairway.apiserver.crd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.kube.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** Names are given once in a group. */
class CrdNamesTest {
    private static final String HAD = "{\"plural\":\"as\",\"singular\":\"a\",\"shortNames\":[\"aa\",\"ab\"],\"kind\":\"A\",\"listKind\":\"AList\"}";

    private static ObjectNode definition(String name, String group, String wanted, String accepted) {
        return Json.parseObject("{\"metadata\":{\"name\":\"%s\"},\"spec\":{\"group\":\"%s\",\"names\":%s},\"status\":{\"acceptedNames\":%s}}"
                .formatted(name, group, wanted, accepted).getBytes());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "singular|a|SingularConflict|\"a\" is already in use",
        "singular|ab|SingularConflict|\"ab\" is already in use",
        "kind|A|KindConflict|\"A\" is already in use",
        "kind|AList|KindConflict|\"AList\" is already in use",
        "listKind|A|ListKindConflict|\"A\" is already in use",
        "shortNames|aa,c|ShortNamesConflict|\"aa\" is already in use",
        "shortNames|aa,ab|ShortNamesConflict|[\"aa\" is already in use, \"ab\" is already in use]",
    })
    void aNameThatAnotherHasIsRefused(String field, String value, String reason, String message) {
        ObjectNode wanted = Json.parseObject("{\"plural\":\"bs\",\"singular\":\"b\",\"kind\":\"B\",\"listKind\":\"BList\"}".getBytes());
        if (field.equals("shortNames")) {
            List.of(value.split(",")).forEach(wanted.putArray(field)::add);
        } else {
            wanted.put(field, value);
        }
        CrdNames names = CrdNames.decide(definition("bs.g.io", "g.io", wanted.toString(), "{}"), List.of(definition("as.g.io", "g.io", HAD, HAD)));
        assertFalse(names.all());
        assertEquals(reason, names.reason());
        assertEquals(message, names.message());
        assertFalse(names.accepted().has(field));
        assertEquals("bs", names.accepted().path("plural").asString());
        assertTrue(CrdNames.decide(definition("bs.h.io", "h.io", wanted.toString(), "{}"), List.of(definition("as.g.io", "g.io", HAD, HAD))).all());
    }

    @Test
    void whatOneHasStays() {
        ObjectNode own = definition("as.g.io", "g.io", HAD.replace("\"ab\"", "\"zz\""), HAD);
        ObjectNode other = definition("zs.g.io", "g.io", "{}", "{\"plural\":\"zs\",\"singular\":\"zz\"}");
        CrdNames names = CrdNames.decide(own, List.of(own, other));
        assertEquals("ShortNamesConflict", names.reason());
        assertEquals("[\"aa\",\"ab\"]", names.accepted().path("shortNames").toString());
    }
}
