package dev.fairway.proxy.state;

import dev.fairway.kube.ObjectKey;
import dev.fairway.proxy.model.IpFamily;
import java.util.Collection;
import java.util.Optional;

/** A view of everything a dataplane has to do, in one address family. It does not change during a call that is given it. */
public interface DesiredState {
    IpFamily family();

    NodeState node();

    Optional<ServiceState> service(ObjectKey key);

    /** All Services that have ports in this family, sorted by key. */
    Collection<ServiceState> services();

    /** The number of endpoints of all ports of all Services. */
    int endpoints();

    /** Ports with endpoints elsewhere but none here, where the internal policy is Local. */
    int internalWithoutLocalEndpoints();

    /** Ports with endpoints elsewhere but none here, where the external policy is Local. */
    int externalWithoutLocalEndpoints();
}
