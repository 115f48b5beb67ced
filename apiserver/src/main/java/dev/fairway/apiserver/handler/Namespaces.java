package dev.fairway.apiserver.handler;

import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.apiserver.storage.StoredObject;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** The life cycle of namespaces as far as it concerns what is in them. */
final class Namespaces {
    /** Namespaces that cannot be deleted. */
    static final Set<String> IMMORTAL = Set.of("default", "kube-system", "kube-public");
    private static final byte[] DELETION = "\"deletionTimestamp\"".getBytes(StandardCharsets.US_ASCII);

    private Namespaces() {
    }

    /**
     * Checks that a namespaced object may be created.
     *
     * @throws dev.fairway.apiserver.errors.StatusException 404 when the namespace does not exist, 403 when it is
     *                                                      going away
     */
    static void requireOpen(Scope scope, String name) {
        if (!scope.resource().namespaced()) {
            return;
        }
        ResourceDefinition namespaces = scope.machinery().resources().require("", "namespaces");
        StoredObject namespace = scope.machinery().objects().require(namespaces, "", scope.namespace());
        if (contains(namespace.value(), DELETION) && namespace.toTree().path("metadata").hasNonNull("deletionTimestamp")) {
            throw Errors.namespaceTerminating(scope.resource(), name, scope.namespace());
        }
    }

    private static boolean contains(byte[] bytes, byte[] wanted) {
        for (int i = 0; i <= bytes.length - wanted.length; i++) {
            if (bytes[i] == wanted[0]
                    && java.util.Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
                return true;
            }
        }
        return false;
    }
}
