package dev.fairway.controllers;

import dev.fairway.kube.KubeObject;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** Objects for tests, written as relaxed JSON: single quotes, no quotes around names. */
public final class Objects {
    private static final ObjectMapper RELAXED = JsonMapper.builder()
            .enable(tools.jackson.core.json.JsonReadFeature.ALLOW_SINGLE_QUOTES)
            .enable(tools.jackson.core.json.JsonReadFeature.ALLOW_UNQUOTED_PROPERTY_NAMES)
            .build();

    private Objects() {}

    public static KubeObject object(String relaxedJson) {
        // Through text once more, so that number types are those of parsed JSON.
        return KubeObject.parse(RELAXED.readTree(relaxedJson).toString());
    }

    /** A running Pod with a Ready condition. */
    public static KubeObject pod(String name, String node, boolean ready, String readySince) {
        return object("""
                {apiVersion: 'v1', kind: 'Pod',
                 metadata: {namespace: 'ns', name: '%1$s', uid: 'uid-%1$s', labels: {app: 'web'},
                            creationTimestamp: '2026-01-01T00:00:00Z'},
                 spec: {nodeName: '%2$s'},
                 status: {phase: 'Running', conditions: [
                   {type: 'Ready', status: '%3$s', lastTransitionTime: '%4$s'}]}}
                """.formatted(name, node, ready ? "True" : "False", readySince));
    }
}
