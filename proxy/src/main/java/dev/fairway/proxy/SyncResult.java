package dev.fairway.proxy;

import dev.fairway.kube.ObjectKey;
import java.util.Map;

/**
 * What a sync did.
 *
 * @param full whether everything was compared with the kernel, not only what changed
 * @param failed Services that the kernel refused, with its reason
 * @param rulesTotal by table, the rules in force afterwards
 * @param rulesWritten by table, the rules that this sync wrote
 */
public record SyncResult(
        boolean full, Map<ObjectKey, String> failed, Map<String, Integer> rulesTotal, Map<String, Integer> rulesWritten) {}
