package dev.fairway.proxy;

import dev.fairway.kube.ObjectKey;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.state.DesiredState;
import java.io.IOException;
import java.util.Set;

/**
 * Brings the kernel of one network namespace to a desired state, in one address family. The modes iptables and nftables
 * are its implementations.
 *
 * <p>Calls come from one thread at a time. An implementation keeps a mirror of what it has applied, so that the cost of a
 * call is that of the change and not that of the cluster.
 */
public interface Dataplane extends AutoCloseable {
    IpFamily family();

    /**
     * Applies what changed. The first call, whatever {@code changed} says, reads what the kernel holds already and applies
     * the difference only, so that a restart breaks no connection.
     *
     * <p>A Service that the kernel refuses is named in the result, left as it was or without rules, and tried again when it
     * is next in {@code changed}; the others are applied.
     *
     * @param changed the Services that may differ from the last call; those that are gone too
     * @throws IOException if nothing more can be done now, the kernel or a tool being unavailable; the caller passes the
     *     same Services again later
     */
    SyncResult sync(DesiredState state, Set<ObjectKey> changed) throws IOException;

    /**
     * Compares everything with the kernel and mends what others have changed; also applies changes of {@link
     * DesiredState#node()}, which touch every Service.
     *
     * @throws IOException as for {@link #sync}
     */
    SyncResult reconcile(DesiredState state) throws IOException;

    /**
     * Calls {@code disturbed} from some thread whenever somebody else may have changed the kernel's rules, until {@link
     * #close}. The caller answers with {@link #reconcile}.
     *
     * @throws IOException if nothing can be heard; the caller then reconciles periodically
     */
    void watch(Runnable disturbed) throws IOException;

    /**
     * Whether mending what others did costs little, so that it need not wait for the end of {@code minSyncPeriod}.
     */
    default boolean mendsAtOnce() {
        return false;
    }

    /** Ends the watch and frees what the dataplane holds open. The rules stay, so that traffic goes on. */
    @Override
    void close();
}
