package dev.fairway.apiserver.crd.cel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.apiserver.crd.schema.SchemaNode;
import dev.fairway.kube.Json;
import dev.fairway.schema.FieldError;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** Validation rules in CEL: what they can say, what they cannot, and when they run. */
class CelRulesTest {
    private static final String PROPERTIES = """
            "s":{"type":"string"},"t":{"type":"string"},"n":{"type":"integer"},"d":{"type":"number"},"b":{"type":"boolean"},
            "when":{"type":"string","format":"date-time"},"span":{"type":"string","format":"duration"},
            "list":{"type":"array","items":{"type":"integer"},"maxItems":10},
            "names":{"type":"array","items":{"type":"string","maxLength":20},"maxItems":10},
            "map":{"type":"object","additionalProperties":{"type":"integer"},"maxProperties":10},
            "port":{"x-kubernetes-int-or-string":true},
            "my-name":{"type":"string"},"in":{"type":"integer"},
            "obj":{"type":"object","properties":{"x":{"type":"integer"}}},
            "any":{"type":"object","x-kubernetes-preserve-unknown-fields":true},
            "free":{"x-kubernetes-preserve-unknown-fields":true}
            """;

    private static ObjectNode schema(String rule) {
        ObjectNode schema = Json.parseObject(("{\"type\":\"object\",\"properties\":{" + PROPERTIES + "}}").getBytes());
        schema.putArray("x-kubernetes-validations").addObject().put("rule", rule);
        return schema;
    }

    private static List<FieldError> compile(ObjectNode schema) {
        List<FieldError> errors = new ArrayList<>();
        CelCheck.check(SchemaNode.parse(schema), "s", errors);
        return errors;
    }

    private static List<FieldError> run(String rule, String value, String old) {
        ObjectNode schema = schema(rule);
        assertEquals(List.of(), compile(schema), rule);
        return CelRules.of(SchemaNode.parse(schema)).orElseThrow()
                .validate(Json.parseObject(value.getBytes()), old == null ? null : Json.parseObject(old.getBytes()));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "self.s.startsWith('abc') && self.n > 3 && self.d < 1.5 && self.b",
        "self.n < 5.5 && self.d < 1",
        "self.list.sum() == 6 && self.list.min() == 1 && self.list.max() == 3 && self.list.isSorted()",
        "self.list.indexOf(2) == 1 && self.list.lastIndexOf(9) == -1 && self.names.indexOf('b') == 1",
        "self.list.all(x, x > 0) && self.list.exists_one(x, x == 2) && self.list.filter(x, x > 1).size() == 2",
        "self.list.map(x, x * 2) == [2, 4, 6] && self.list.all(i, x, x == i + 1)",
        "self.map.all(k, self.map[k] > 0) && 'a' in self.map && self.map.exists(k, v, k == 'b' && v == 2)",
        "self.when == timestamp('2024-05-01T10:00:00Z') && self.when.getFullYear() == 2024",
        "self.span == duration('90m') && self.span > duration('1h')",
        "type(self.port) == int ? self.port > 100 : self.port == 'x'",
        "self.my__dash__name == 'me' && self.__in__ == 7",
        "has(self.obj) && !has(self.obj.x) && !has(self.t)",
        "self.kind == 'K' && self.metadata.name == 'me'",
        "self.s.find('[a-z]+') == 'abc' && self.s.findAll('[0-9]') == ['1', '2', '3'] && self.s.findAll('[0-9]', 2) == ['1', '2']",
        "self.s.matches('^[a-z]+[0-9]+$') && self.s.upperAscii() == 'ABC123' && self.s.replace('abc', 'x') == 'x123'",
        "'a,b'.split(',').join('-') == 'a-b' && ' x '.trim() == 'x' && self.s.substring(1, 3) == 'bc' && self.s.indexOf('1') == 3",
        "isURL('https://u:p@host:80/a%20b?q=1&q=2') && !isURL('host') && !isURL('../a')",
        "url('https://u:p@host:80/a%20b?q=1&q=2').getHost() == 'host:80' && url('https://[::1]:80/').getHostname() == '::1'",
        "url('https://host:80/a%20b?q=1&q=2').getQuery() == {'q': ['1', '2']} && url('/a%20b').getEscapedPath() == '/a%20b'",
        "url('https://host:80/').getPort() == '80' && url('https://host/').getPort() == '' && url('https://h/').getScheme() == 'https'",
        "quantity('1Gi').isGreaterThan(quantity('1G')) && quantity('500m').compareTo(quantity('0.5')) == 0 && isQuantity('1k') && !isQuantity('x')",
        "quantity('1k').add(quantity('5')).asInteger() == 1005 && quantity('1k').sub(1).isInteger() && !quantity('1500m').isInteger()",
        "quantity('-2').sign() == -1 && quantity('1500m').asApproximateFloat() == 1.5",
        "ip('10.0.0.1').family() == 4 && ip('::1').isLoopback() && isIP('fe80::1') && !isIP('10.0.0') && !isIP('::ffff:1.2.3.4')",
        "ip.isCanonical('2001:db8::1') && !ip.isCanonical('2001:DB8::1') && string(ip('2001:DB8::1')) == '2001:db8::1'",
        "ip('8.8.8.8').isGlobalUnicast() && ip('0.0.0.0').isUnspecified() && ip('169.254.1.1').isLinkLocalUnicast() && ip('224.0.0.1').isLinkLocalMulticast()",
        "cidr('10.0.0.0/8').containsIP('10.2.3.4') && cidr('10.0.0.0/8').containsIP(ip('10.1.1.1')) && !cidr('10.0.0.0/8').containsIP('11.0.0.1')",
        "cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16') && cidr('10.1.2.3/8').masked() == cidr('10.0.0.0/8') && cidr('10.1.2.3/8').ip() == ip('10.1.2.3')",
        "cidr('10.0.0.0/8').prefixLength() == 8 && isCIDR('::/0') && !isCIDR('10.0.0.0')",
        "format.dns1123Label().validate('a-b') == optional.none() && format.dns1123Label().validate('A').hasValue()",
        "format.named('qualifiedName').hasValue() && !format.named('nope').hasValue() && format.uuid().validate('x').value().size() == 1",
        "semver('1.2.3').isLessThan(semver('1.10.0')) && semver('1.2.3-rc.1').isLessThan(semver('1.2.3')) && isSemver('1.0.0') && !isSemver('v1.0')",
        "isSemver('v1.0', true) && semver('v1.0', true).major() == 1 && semver('1.2.3').minor() == 2 && semver('1.2.3').patch() == 3",
        "sets.contains(self.list, [1, 2]) && sets.intersects(self.list, [3, 9]) && sets.equivalent([1, 1], [1])",
        "cel.bind(x, self.n, x * x) == 25",
        "self.?obj.?x.orValue(4) == 4 && optional.of(1).hasValue()",
        "'%s is %d'.format([self.s, self.n]) == 'abc123 is 5'",
        "self.names == ['a', 'b'] && self.names + ['c'] == ['a', 'b', 'c'] && 'a' in self.names",
    })
    void whatRulesCanSay(String rule) {
        assertEquals(List.of(), run(rule, """
                {"kind":"K","metadata":{"name":"me"},"s":"abc123","n":5,"d":0.5,"b":true,"when":"2024-05-01T10:00:00Z","span":"5400000ms",
                 "list":[1,2,3],"names":["a","b"],"map":{"a":1,"b":2},"port":8080,"my-name":"me","in":7,"obj":{},"any":{"z":1}}""", null));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "self.nope == 1|undefined field 'nope'",
        "self.obj.y == 1|undefined field 'y'",
        "self.any.z == 1|undefined field 'z'",
        "self.free == 1|undefined field 'free'",
        "self.metadata.labels.size() == 0|undefined field 'labels'",
        "self.s == 1|found no matching overload for '_==_'",
        "self.list.all(x, x == 'a')|found no matching overload for '_==_'",
        "self.n|cel expression must evaluate to a bool",
        "self.s.foo()|undeclared reference to 'foo'",
        "other == 1|undeclared reference to 'other'",
        "self.(|compilation failed: ERROR: <input>:1:",
        "math.greatest(1, 2) == 2|undeclared reference to 'math'",
        "'x'.reverse() == 'x'|undeclared reference to 'reverse'",
    })
    void whatTheSchemaDoesNotHaveDoesNotCompile(String rule, String message) {
        List<FieldError> errors = compile(schema(rule));
        assertEquals(1, errors.size(), errors.toString());
        assertEquals("s.x-kubernetes-validations[0].rule", errors.getFirst().field());
        assertTrue(errors.getFirst().detail().contains(message), errors.getFirst().detail());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "{'rule':''}|s.x-kubernetes-validations[0].rule|Required value: rule is not specified",
        "{'rule':'true','message':'a\\nb'}|s.x-kubernetes-validations[0].message|must not contain line breaks",
        "{'rule':'true','reason':'Odd'}|s.x-kubernetes-validations[0].reason|Unsupported value: \"Odd\": supported values:",
        "{'rule':'true','fieldPath':'.nope'}|s.x-kubernetes-validations[0].fieldPath|Invalid value: \".nope\": must be a valid path",
        "{'rule':'true','fieldPath':'obj'}|s.x-kubernetes-validations[0].fieldPath|Invalid value: \"obj\": must be a valid path",
        "{'rule':'true','messageExpression':'1'}|s.x-kubernetes-validations[0].messageExpression|must evaluate to a string",
        "{'rule':'true','optionalOldSelf':true}|s.x-kubernetes-validations[0].optionalOldSelf|may not be set if oldSelf is not used in rule",
    })
    void rulesAreWhole(String rule, String field, String message) {
        ObjectNode schema = schema("true");
        schema.putArray("x-kubernetes-validations").add(Json.parseObject(rule.replace('\'', '"').getBytes()));
        List<FieldError> errors = compile(schema);
        assertEquals(1, errors.size(), errors.toString());
        assertEquals(field, errors.getFirst().field());
        assertTrue(errors.getFirst().body().contains(message), errors.getFirst().body());
    }

    @Test
    void loopsWithoutBoundsAreTooExpensive() {
        String list = "{\"type\":\"array\",\"items\":{\"type\":\"string\"}%s}";
        String rule = "self.all(x, self.all(y, x == y))";
        for (String bound : List.of("", ",\"maxItems\":100")) {
            ObjectNode schema = Json.parseObject("{\"type\":\"object\",\"properties\":{}}".getBytes());
            ObjectNode inner = Json.parseObject(list.formatted(bound).getBytes());
            inner.withObjectProperty("items").put("maxLength", 10);
            inner.putArray("x-kubernetes-validations").addObject().put("rule", rule);
            schema.withObjectProperty("properties").set("a", inner);
            List<FieldError> errors = compile(schema);
            assertEquals(bound.isEmpty(), errors.stream().anyMatch(each -> each.type() == FieldError.Type.FORBIDDEN
                    && each.detail().startsWith("estimated rule cost exceeds budget by factor of more than 100x")), errors.toString());
        }
    }

    @Test
    void changesCanOnlyBeSeenWhereOldAndNewCanBeToldTogether() {
        ObjectNode schema = Json.parseObject("""
                {"type":"object","properties":{"a":{"type":"array","maxItems":5,"items":{"type":"string","maxLength":5,
                 "x-kubernetes-validations":[{"rule":"self == oldSelf"}]}}}}""".getBytes());
        assertEquals("oldSelf cannot be used on the uncorrelatable portion of the schema within s.properties[a]",
                compile(schema).getFirst().detail());
    }

    @Test
    void rulesOnChangesRunOnChanges() {
        assertEquals(List.of(), run("self.n >= oldSelf.n", "{\"n\":1}", null));
        assertEquals(List.of(), run("self.n >= oldSelf.n", "{\"n\":2}", "{\"n\":1}"));
        assertEquals("failed rule: self.n >= oldSelf.n", run("self.n >= oldSelf.n", "{\"n\":0}", "{\"n\":1}").getFirst().detail());
    }

    @Test
    void whatHasNotChangedIsExcusedFromRulesThatCameLater() {
        assertEquals(1, run("self.n > 5", "{\"n\":1}", null).size());
        assertEquals(0, run("self.n > 5", "{\"n\":1}", "{\"n\":1}").size());
        assertEquals(1, run("self.n > 5", "{\"n\":2}", "{\"n\":1}").size());
    }

    @Test
    void anOptionalOldSelfIsEmptyOnCreate() {
        ObjectNode schema = schema("oldSelf.hasValue() || self.n == 0");
        ((ObjectNode) schema.path("x-kubernetes-validations").get(0)).put("optionalOldSelf", true);
        assertEquals(List.of(), compile(schema));
        CelRules rules = CelRules.of(SchemaNode.parse(schema)).orElseThrow();
        assertEquals(1, rules.validate(Json.parseObject("{\"n\":1}".getBytes()), null).size());
        assertEquals(0, rules.validate(Json.parseObject("{\"n\":1}".getBytes()), Json.parseObject("{\"n\":2}".getBytes())).size());
    }

    @Test
    void messagesComeFromExpressionsAndPlacesFromPaths() {
        ObjectNode schema = schema("self.n <= 3");
        ((ObjectNode) schema.path("x-kubernetes-validations").get(0)).put("messageExpression", "'n is ' + string(self.n)")
                .put("message", "too large").put("fieldPath", ".n").put("reason", "FieldValueForbidden");
        assertEquals(List.of(), compile(schema));
        CelRules rules = CelRules.of(SchemaNode.parse(schema)).orElseThrow();
        FieldError error = rules.validate(Json.parseObject("{\"n\":4}".getBytes()), null).getFirst();
        assertEquals(".n: Forbidden: n is 4", error.error());
    }

    @Test
    void anErrorWhileRunningIsAnInvalidValue() {
        List<FieldError> errors = run("self.t == 'x'", "{}", null);
        assertEquals(1, errors.size());
        assertTrue(errors.getFirst().detail().endsWith("evaluating rule: self.t == 'x'"), errors.getFirst().detail());
        assertTrue(errors.getFirst().detail().contains("no such key: t"), errors.getFirst().detail());
    }
}
