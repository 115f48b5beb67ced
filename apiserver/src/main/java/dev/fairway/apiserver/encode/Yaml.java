package dev.fairway.apiserver.encode;

import dev.fairway.apiserver.ApiServerConfig;
import dev.fairway.kube.Json;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/** YAML documents, bounded in size, depth and aliases; duplicate keys are refused. Made when first needed. */
final class Yaml {
    private static final int MAX_ALIASES = 50;
    private static final YAMLMapper MAPPER = YAMLMapper.builder(YAMLFactory.builder()
            .loadSettings(LoadSettings.builder()
                    .setMaxAliasesForCollections(MAX_ALIASES)
                    .setCodePointLimit(ApiServerConfig.MAX_BODY_BYTES)
                    .setAllowDuplicateKeys(false)
                    .build())
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(Json.MAX_DEPTH).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
            .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
            .enable(YAMLWriteFeature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .build()).build();

    private Yaml() {
    }

    /**
     * Reads one document.
     *
     * @throws tools.jackson.core.JacksonException when it is not YAML or exceeds a bound
     */
    static JsonNode read(byte[] bytes) {
        return MAPPER.readTree(bytes);
    }

    static byte[] write(JsonNode tree) {
        return MAPPER.writeValueAsBytes(tree);
    }
}
