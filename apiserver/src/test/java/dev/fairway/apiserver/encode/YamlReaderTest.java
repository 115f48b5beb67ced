package dev.fairway.apiserver.encode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.kube.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import tools.jackson.databind.JsonNode;

class YamlReaderTest {
    private static JsonNode read(String yaml) {
        return new YamlReader().read(yaml.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"0644|420", "0o17|15", "0x1F|31", "0b101|5", "-7|-7", "1_000|1000", "0|0",
        "9223372036854775808|9223372036854775808", "1.5|1.5", "1e3|1000", ".5|0.5", "08|8", "yes|true", "Off|false", "~|null",
        "Null|null", "1.2.3|'\"1.2.3\"'", "2001-01-01|'\"2001-01-01\"'", "'\"yes\"'|'\"yes\"'", "!!str 5|'\"5\"'", "1Gi|'\"1Gi\"'"})
    void plainScalarsAreThoseOfYamlOneOne(String yaml, String json) {
        JsonNode expected = Json.mapper().readTree(json);
        JsonNode actual = read("a: " + yaml).path("a");
        if (expected.isNumber()) {
            assertTrue(actual.isNumber(), () -> yaml + " is " + actual);
            assertEquals(0, expected.decimalValue().compareTo(actual.decimalValue()), () -> yaml + " is " + actual);
        } else {
            assertEquals(expected, actual);
        }
    }

    @Test
    void anchorsAndMergeKeysAreResolved() {
        assertEquals(Json.mapper().readTree("{\"base\":{\"x\":1,\"z\":2},\"a\":{\"z\":3,\"x\":1},\"b\":[{\"x\":1,\"z\":2}],\"1\":\"v\"}"),
                read("base: &base {x: 1, z: 2}\na:\n  <<: *base\n  z: 3\nb: [*base]\n1: v\n"));
    }

    /** What is written comes back as what it was, strings that look like something else among it. */
    @ParameterizedTest
    @ValueSource(strings = {"y", "NO", "on", "~", "null", "", "0644", "0x1F", "0b1", "0o7", "1_000", "1e3", "+1", "-1", ".5", "1.", "08",
        ".inf", "<<", "- a", "a: b", "a #b", "#", "&a", "*a", "!a", "|", ">", "%", "@", "`", "{", "[", "'", "\"", " a", "a ", "a\nb", "\t", "?", "-", "2001-01-01"})
    void whatIsWrittenIsRead(String text) {
        var object = Json.object().put("a", text).put(text, "v").put("i", 7).put("b", true);
        assertEquals(object, new YamlReader().read(Yaml.write(object)), () -> new String(Yaml.write(object), StandardCharsets.UTF_8));
    }

    @Test
    void ofAKeyThatStandsTwiceTheLastCounts() {
        YamlReader reader = new YamlReader();
        JsonNode read = reader.read("a: 1\nb:\n  c: 1\n  c: 2\n".getBytes(StandardCharsets.UTF_8));
        assertEquals(2, read.path("b").path("c").asInt());
        assertEquals(List.of("line 4: key \"c\" already set in map"), reader.duplicates());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a: *b", "a: &a [*a]", "{", "a: .inf", "a: 1\n---\nb: 2", "[a]: b", "~: b", "<<: 5"})
    void whatIsNoDocumentIsRefused(String yaml) {
        assertThrows(YamlEngineException.class, () -> read(yaml));
    }

    @Test
    void aliasesUnfoldWithinBounds() {
        StringBuilder wide = new StringBuilder("a0: &a0 [x,x,x]\n");
        StringBuilder deep = new StringBuilder("a0: &a0 [x]\n");
        for (int i = 1; i < 12; i++) {
            wide.append("a%d: &a%d [*a%d,*a%d,*a%d]\n".formatted(i, i, i - 1, i - 1, i - 1));
            deep.append("a%d: &a%d %s*a%d%s\n".formatted(i, i, "[".repeat(40), i - 1, "]".repeat(40)));
        }
        assertThrows(YamlEngineException.class, () -> read(wide.toString()));
        assertThrows(YamlEngineException.class, () -> read(deep.toString()));
    }
}
