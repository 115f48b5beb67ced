package dev.fairway.proxy.state;

import dev.fairway.kube.ObjectKey;
import dev.fairway.proxy.model.Protocol;
import java.util.Comparator;

/** Names one port of one Service. */
public record ServicePortName(ObjectKey service, String port, Protocol protocol) implements Comparable<ServicePortName> {
    private static final Comparator<ServicePortName> ORDER = Comparator.comparing(ServicePortName::service)
            .thenComparing(ServicePortName::port)
            .thenComparing(ServicePortName::protocol);

    @Override
    public int compareTo(ServicePortName other) {
        return ORDER.compare(this, other);
    }

    /** {@code NAMESPACE/NAME:PORT}, without the colon for a port without a name: what chain names are computed from. */
    @Override
    public String toString() {
        return port.isEmpty() ? service.toString() : service + ":" + port;
    }
}
