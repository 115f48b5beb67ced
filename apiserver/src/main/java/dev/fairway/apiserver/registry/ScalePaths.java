package dev.fairway.apiserver.registry;

/**
 * Where a kind keeps what its scale subresource shows; dotted paths without a leading dot.
 *
 * @param specReplicas   the wanted number, such as {@code spec.replicas}
 * @param statusReplicas the observed number, such as {@code status.replicas}
 * @param selector       a label selector (object or string) in the object, or null
 */
public record ScalePaths(String specReplicas, String statusReplicas, String selector) {
    /** What the workload kinds have. */
    public static final ScalePaths WORKLOAD = new ScalePaths("spec.replicas", "status.replicas", "spec.selector");
}
