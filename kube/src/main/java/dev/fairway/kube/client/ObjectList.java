package dev.fairway.kube.client;

import dev.fairway.kube.KubeObject;
import java.util.List;

/** A list answer: items, the resource version they stand at, and the token of the next page (empty at the end). */
public record ObjectList(List<KubeObject> items, String resourceVersion, String continueToken) {}
