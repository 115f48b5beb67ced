package dev.fairway.apiserver.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.fairway.apiserver.errors.StatusException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LabelSelectorsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "a=1|a:1|true", "a=1|a:2|false", "a=1|''|false", "a==1|a:1|true", "a = 1|a:1|true",
        "a!=1|a:1|false", "a!=1|''|true", "a!=1|a:2|true",
        "a in (1,2)|a:2|true", "a in (1, 2)|a:3|false", "a in (1)|''|false",
        "a notin (1,2)|a:2|false", "a notin (1,2)|''|true",
        "a|a:1|true", "a|''|false", "!a|a:1|false", "! a|''|true",
        "a=1,b=2|a:1 b:2|true", "a=1,b=2|a:1|false", "a,!b|a:1|true",
        "a=|a:|true", "a in (,x)|a:|true", "x.io/a=1|x.io/a:1|true", "in=1|in:1|true", "''|a:1|true",
    })
    void matches(String selector, String labels, boolean expected) {
        assertEquals(expected, LabelSelectors.parse(selector).matches(map(labels)));
    }

    private static Map<String, String> map(String labels) {
        Map<String, String> map = new HashMap<>();
        for (String pair : labels.split(" ")) {
            if (!pair.isEmpty()) {
                int colon = pair.indexOf(':');
                map.put(pair.substring(0, colon), pair.substring(colon + 1));
            }
        }
        return map;
    }

    @ParameterizedTest
    @ValueSource(strings = {"=1", "a in", "a in (", "a in (1", "a in 1", "a b", "a=1 b", "a,,b", "a=$", "-a=1", "a==b==c",
        "!", "a>x", "(a)", "/a=1", "a=b/c"})
    void refuses(String selector) {
        assertEquals(400, assertThrows(StatusException.class, () -> LabelSelectors.parse(selector)).code());
    }
}
