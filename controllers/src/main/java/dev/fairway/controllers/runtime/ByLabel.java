package dev.fairway.controllers.runtime;

import dev.fairway.kube.KubeObject;
import dev.fairway.kube.informer.Index;
import dev.fairway.kube.informer.Informer;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Finds objects by plain selectors without looking at all of them. */
public final class ByLabel {
    private final Index index;

    ByLabel(Informer informer) {
        this.index = informer.indexBy(object -> object.labels().entrySet().stream()
                .map(label -> value(object.namespace(), label))
                .toList());
    }

    private static String value(String namespace, Map.Entry<String, String> label) {
        return namespace + " " + label.getKey() + "=" + label.getValue();
    }

    /** The objects of a namespace that carry all labels of a selector; none for an empty selector. */
    public List<KubeObject> select(String namespace, Map<String, String> selector) {
        return selector.entrySet().stream()
                .map(label -> value(namespace, label))
                .min(Comparator.comparingInt(index::count))
                .map(rarest -> index.get(rarest).stream()
                        .filter(object -> object.labels().entrySet().containsAll(selector.entrySet()))
                        .toList())
                .orElse(List.of());
    }
}
