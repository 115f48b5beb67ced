package dev.fairway.apiserver.crd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.fairway.kube.Json;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Paths of printer columns. */
class JsonPathTest {
    private static final String OBJECT = """
            {"a":{"b":"x","d.e":1},"list":[{"t":"Ready","s":"True","n":1},{"t":"Other","s":"False","n":5},{"s":"Unknown"}],"z":null}""";

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        ".a.b|[\"x\"]",
        "{.a.b}|[\"x\"]",
        ".a['b']|[\"x\"]",
        ".a.d\\.e|[1]",
        ".list[0].t|[\"Ready\"]",
        ".list[-1].s|[\"Unknown\"]",
        ".list[0:2].n|[1, 5]",
        ".list[1:].s|[\"False\", \"Unknown\"]",
        ".list[*].n|[1, 5]",
        ".list[?(@.t==\"Ready\")].s|[\"True\"]",
        ".list[?(@.t=='Other')].s|[\"False\"]",
        ".list[?(@.t!='Other')].s|[\"True\"]",
        ".list[?(@.n>1)].t|[\"Other\"]",
        ".list[?(@.n<=1)].t|[\"Ready\"]",
        ".list[?(@.t)].s|[\"True\", \"False\"]",
        "..n|[1, 5]",
        ".nope.x|[]",
        ".z|[]",
    })
    void leadsTo(String path, String values) {
        assertEquals(values, JsonPath.parse(path).find(Json.parseObject(OBJECT.getBytes())).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {".a[", ".a[x]", ".a[?x]", "a"})
    void isNone(String path) {
        assertThrows(IllegalArgumentException.class, () -> JsonPath.parse(path));
    }
}
