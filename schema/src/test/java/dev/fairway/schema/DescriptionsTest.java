package dev.fairway.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class DescriptionsTest {
    private static final TypeTable TABLE = TypeTable.builtin();

    @Test
    void everyTextIsAboutAFieldThatExists() throws Exception {
        Set<String> anywhere = TABLE.types().values().stream().flatMap(type -> type.fields().stream()).map(Field::name).collect(Collectors.toSet());
        try (var lines = new BufferedReader(new InputStreamReader(
                DescriptionsTest.class.getResourceAsStream("descriptions.txt"), StandardCharsets.UTF_8))) {
            String type = "";
            for (String line : (Iterable<String>) lines.lines()::iterator) {
                String name = line.split(" ")[0];
                if (line.startsWith(":")) {
                    type = name.substring(1);
                } else if (!line.startsWith("#")) {
                    String about = type + "/" + name;
                    boolean known = type.equals("*") ? anywhere.contains(name)
                            : TABLE.require(type).fields().stream().anyMatch(field -> field.name().equals(name));
                    assertTrue(known, about);
                    assertTrue(line.endsWith("."), about);
                }
            }
        }
    }

    @Test
    void inlineFieldsAreExplainedWhereTheyAreDeclared() {
        TypeDef probe = TABLE.require("core/v1.Probe");
        assertEquals("core/v1.ProbeHandler", probe.declaring("httpGet").name());
        assertEquals("core/v1.Probe", probe.declaring("periodSeconds").name());
        assertTrue(Descriptions.ofField("core/v1.ProbeHandler", "httpGet").orElseThrow().contains("HTTP"));
    }

    @Test
    void whatATypeDoesNotSayOfAFieldIsSaidOfAllFieldsOfThatName() {
        assertEquals(Descriptions.ofField("*", "metadata"), Descriptions.ofField("storage/v1.StorageClass", "metadata"));
        assertTrue(Descriptions.ofType("core/v1.Service").isPresent());
    }
}
