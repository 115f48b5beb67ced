package dev.fairway.proxy.state;

import dev.fairway.kube.ObjectKey;
import dev.fairway.proxy.model.IpFamily;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.TreeMap;

/** The desired state of one address family, kept from change to change. Not for several threads at once. */
public final class StateTable implements DesiredState {
    private final IpFamily family;
    private final TreeMap<ObjectKey, ServiceState> services = new TreeMap<>();
    private NodeState node;
    private int endpoints;
    private int internalWithoutLocal;
    private int externalWithoutLocal;

    public StateTable(IpFamily family, NodeState node) {
        this.family = family;
        this.node = node;
    }

    /**
     * Puts or removes one Service.
     *
     * @return whether that changed anything
     */
    public boolean put(ObjectKey key, Optional<ServiceState> state) {
        ServiceState before = state.isPresent() ? services.get(key) : services.remove(key);
        if (before == null ? state.isEmpty() : state.isPresent() && before.equals(state.get())) {
            return false;
        }
        if (before != null) {
            count(before, -1);
        }
        state.ifPresent(now -> {
            services.put(key, now);
            count(now, 1);
        });
        return true;
    }

    private void count(ServiceState service, int sign) {
        for (PortState port : service.ports()) {
            endpoints += sign * port.backends().all().size();
            if (port.backends().usable()) {
                internalWithoutLocal += port.hasInternalEndpoints() ? 0 : sign;
                externalWithoutLocal += port.hasExternalEndpoints() ? 0 : sign;
            }
        }
    }

    /** The states of Services hold what depends on the node, so the caller computes them anew after this. */
    public void node(NodeState now) {
        node = now;
    }

    @Override
    public IpFamily family() {
        return family;
    }

    @Override
    public NodeState node() {
        return node;
    }

    @Override
    public Optional<ServiceState> service(ObjectKey key) {
        return Optional.ofNullable(services.get(key));
    }

    @Override
    public Collection<ServiceState> services() {
        return Collections.unmodifiableCollection(services.values());
    }

    @Override
    public int endpoints() {
        return endpoints;
    }

    @Override
    public int internalWithoutLocalEndpoints() {
        return internalWithoutLocal;
    }

    @Override
    public int externalWithoutLocalEndpoints() {
        return externalWithoutLocal;
    }
}
