package dev.fairway.proxy.iptables;

import dev.fairway.kube.ObjectKey;
import java.io.IOException;
import java.util.Optional;

/** Rules that {@code iptables-restore} or the kernel did not accept. */
final class RefusedException extends IOException {
    private static final long serialVersionUID = 1;

    private final transient Optional<ObjectKey> owner;

    /** @param owner the Service that the refused line was for, if it is known */
    RefusedException(String message, Optional<ObjectKey> owner) {
        super(message);
        this.owner = owner;
    }

    Optional<ObjectKey> owner() {
        return owner;
    }
}
