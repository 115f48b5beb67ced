package dev.fairway.apiserver.patch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.fairway.apiserver.errors.StatusException;
import dev.fairway.kube.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ArrayNode;

/** Operations of RFC 6902, most of them from its appendix A. */
class JsonPatchTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "{\"foo\":\"bar\"}|[{\"op\":\"add\",\"path\":\"/baz\",\"value\":\"qux\"}]|{\"foo\":\"bar\",\"baz\":\"qux\"}",
        "{\"foo\":[\"bar\",\"baz\"]}|[{\"op\":\"add\",\"path\":\"/foo/1\",\"value\":\"qux\"}]|{\"foo\":[\"bar\",\"qux\",\"baz\"]}",
        "{\"baz\":\"qux\",\"foo\":\"bar\"}|[{\"op\":\"remove\",\"path\":\"/baz\"}]|{\"foo\":\"bar\"}",
        "{\"foo\":[\"bar\",\"qux\",\"baz\"]}|[{\"op\":\"remove\",\"path\":\"/foo/1\"}]|{\"foo\":[\"bar\",\"baz\"]}",
        "{\"baz\":\"qux\"}|[{\"op\":\"replace\",\"path\":\"/baz\",\"value\":\"boo\"}]|{\"baz\":\"boo\"}",
        "{\"foo\":{\"bar\":\"baz\",\"waldo\":\"fred\"},\"qux\":{\"corge\":\"grault\"}}|[{\"op\":\"move\",\"from\":\"/foo/waldo\",\"path\":\"/qux/thud\"}]|{\"foo\":{\"bar\":\"baz\"},\"qux\":{\"corge\":\"grault\",\"thud\":\"fred\"}}",
        "{\"foo\":[\"all\",\"grass\",\"cows\",\"eat\"]}|[{\"op\":\"move\",\"from\":\"/foo/1\",\"path\":\"/foo/3\"}]|{\"foo\":[\"all\",\"cows\",\"eat\",\"grass\"]}",
        "{\"baz\":\"qux\",\"foo\":[\"a\",2,\"c\"]}|[{\"op\":\"test\",\"path\":\"/baz\",\"value\":\"qux\"},{\"op\":\"test\",\"path\":\"/foo/1\",\"value\":2}]|{\"baz\":\"qux\",\"foo\":[\"a\",2,\"c\"]}",
        "{\"foo\":\"bar\"}|[{\"op\":\"add\",\"path\":\"/child\",\"value\":{\"grandchild\":{}}}]|{\"foo\":\"bar\",\"child\":{\"grandchild\":{}}}",
        "{\"/\":9,\"~1\":10}|[{\"op\":\"test\",\"path\":\"/~01\",\"value\":10}]|{\"/\":9,\"~1\":10}",
        "{\"foo\":[\"bar\"]}|[{\"op\":\"add\",\"path\":\"/foo/-\",\"value\":[\"abc\",\"def\"]}]|{\"foo\":[\"bar\",[\"abc\",\"def\"]]}",
        "{\"a\":1}|[{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/b\"}]|{\"a\":1,\"b\":1}",
        "{\"a\":1}|[{\"op\":\"test\",\"path\":\"/a\",\"value\":1.0}]|{\"a\":1}",
        "{\"l\":[1,2]}|[{\"op\":\"replace\",\"path\":\"/l/-1\",\"value\":3},{\"op\":\"add\",\"path\":\"/l/-1\",\"value\":4},{\"op\":\"remove\",\"path\":\"/l/-3\"}]|{\"l\":[3,4]}",
        "{\"a\":1}|[{\"op\":\"test\",\"path\":\"/none\",\"value\":null}]|{\"a\":1}",
        "{\"a\":1}|[{\"op\":\"replace\",\"path\":\"\",\"value\":{\"b\":2}}]|{\"b\":2}",
    })
    void applies(String document, String patch, String result) {
        var mapper = Json.mapper();
        assertEquals(mapper.readTree(result), JsonPatch.apply(mapper.readTree(document), mapper.readTree(patch)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "[{\"op\":\"test\",\"path\":\"/baz\",\"value\":\"bar\"}]|422",
        "[{\"op\":\"add\",\"path\":\"/a/b\",\"value\":1}]|422",
        "[{\"op\":\"remove\",\"path\":\"/none\"}]|422",
        "[{\"op\":\"add\",\"path\":\"/list/7\",\"value\":1}]|422",
        "[{\"op\":\"add\",\"path\":\"/list/01\",\"value\":1}]|422",
        "[{\"op\":\"replace\",\"path\":\"/list/-3\",\"value\":1}]|422",
        "[{\"op\":\"test\",\"path\":\"/none\",\"value\":1}]|422",
        "[{\"op\":\"test\",\"path\":\"/none/deeper\",\"value\":null}]|422",
        "[{\"op\":\"add\",\"path\":\"/x\"}]|422",
        "[{\"op\":\"jump\",\"path\":\"/x\"}]|422",
        "[{\"op\":\"move\",\"from\":\"/list\",\"path\":\"/list/0\"}]|422",
        "[{\"path\":\"/x\"}]|422",
        "[5]|422",
        "{}|400",
    })
    void refuses(String patch, int code) {
        var mapper = Json.mapper();
        var document = mapper.readTree("{\"baz\":\"qux\",\"list\":[1,2]}");
        var error = assertThrows(StatusException.class, () -> JsonPatch.apply(document, mapper.readTree(patch)));
        assertEquals(code, error.code());
    }

    @Test
    void aFailingOperationLeavesTheDocumentAsItWas() {
        var mapper = Json.mapper();
        var document = mapper.readTree("{\"a\":1}");
        var patch = mapper.readTree("[{\"op\":\"remove\",\"path\":\"/a\"},{\"op\":\"remove\",\"path\":\"/a\"}]");
        assertThrows(StatusException.class, () -> JsonPatch.apply(document, patch));
        assertEquals(mapper.readTree("{\"a\":1}"), document);
    }

    @Test
    void tooManyOperationsAreTooLarge() {
        ArrayNode patch = Json.mapper().createArrayNode();
        for (int i = 0; i <= JsonPatch.MAX_OPERATIONS; i++) {
            patch.addObject().put("op", "add").put("path", "/a").put("value", i);
        }
        assertEquals(413, assertThrows(StatusException.class, () -> JsonPatch.apply(Json.object(), patch)).code());
    }
}
