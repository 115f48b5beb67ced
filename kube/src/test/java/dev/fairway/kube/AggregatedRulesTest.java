package dev.fairway.kube;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class AggregatedRulesTest {
    /** From JSON with single quotes or none around what needs none. */
    private static KubeObject object(String text) {
        return KubeObject.parse(text.replace('\'', '"').replaceAll("([{,]\\s*)(\\w+):", "$1\"$2\":"));
    }

    private static KubeObject role(String name, String label, String resource) {
        return object("""
                {metadata: {name: '%s', labels: {%s: 'true'}}, rules: [{verbs: ['get'], resources: ['%s']}]}
                """.formatted(name, label, resource));
    }

    @Test
    void rulesAreTheUnionOfTheSelected() {
        KubeObject aggregate = object("""
                {metadata: {name: 'all', labels: {part: 'true'}},
                 aggregationRule: {clusterRoleSelectors: [{matchLabels: {part: 'true'}}, {matchLabels: {more: 'true'}}]},
                 rules: [{verbs: ['*']}]}""");
        assertEquals("[{\"verbs\":[\"get\"],\"resources\":[\"a\"]},{\"verbs\":[\"get\"],\"resources\":[\"b\"]}]",
                AggregatedRules.of(aggregate, List.of(aggregate, role("z", "more", "b"), role("y", "part", "a"),
                        role("x", "part", "a"), role("w", "none", "c"))).toString());
    }
}
