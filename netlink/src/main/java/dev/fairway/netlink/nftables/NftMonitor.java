package dev.fairway.netlink.nftables;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.nfnetlink.Nfnetlink;
import dev.fairway.netlink.socket.NetlinkFamily;
import dev.fairway.netlink.socket.NetlinkSocket;
import dev.fairway.netlink.sys.ErrnoException;
import dev.fairway.netlink.wire.NetlinkMessage;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Hears of every change of a namespace's ruleset ({@code NFNLGRP_NFTABLES}), own changes included. */
public final class NftMonitor implements AutoCloseable {
    private static final int NEWGEN = 15;
    private static final int NEWSETELEM = 12;
    private static final int DELSETELEM = 14;
    private static final int ELEM_LIST_ELEMENTS = 3;
    private static final int GEN_ID = 1;
    private static final int NAME = 2;
    private static final int CHAIN_NAME = 3;

    private final NetlinkSocket socket;

    private NftMonitor(NetlinkSocket socket) {
        this.socket = socket;
    }

    /**
     * Begins to listen.
     *
     * @param receiveBuffer bytes that changes may fill before they are received; more are lost
     */
    public static NftMonitor open(NetworkNamespace namespace, int receiveBuffer) throws IOException {
        return listen(namespace.netlinkSocket(NetlinkFamily.NETFILTER), receiveBuffer);
    }

    /** As {@link #open(NetworkNamespace, int)} in the calling thread's own namespace. */
    public static NftMonitor open(int receiveBuffer) throws ErrnoException {
        return listen(NetlinkSocket.open(NetlinkFamily.NETFILTER), receiveBuffer);
    }

    private static NftMonitor listen(NetlinkSocket socket, int receiveBuffer) throws ErrnoException {
        try {
            socket.receiveBuffer(receiveBuffer);
            socket.subscribe(Nfnetlink.GROUP_NFTABLES);
            return new NftMonitor(socket);
        } catch (ErrnoException failure) {
            socket.close();
            throw failure;
        }
    }

    /**
     * Waits for changes.
     *
     * @return changes in order; none when the time is over or {@link #wakeUp} was called
     * @throws dev.fairway.netlink.socket.NetlinkException ENOBUFS if changes were lost: what the kernel holds must be read
     *     anew
     */
    public List<NftEvent> receive(Duration timeout) throws ErrnoException {
        return receive(timeout, 0);
    }

    /**
     * As {@link #receive(Duration)}, but of what the socket {@code ignoredPortId} does only {@link NftEvent.Generation}
     * is told, which is cheap for one that changes much itself. Where there was nothing else, the answer is empty before
     * the time is over.
     */
    public List<NftEvent> receive(Duration timeout, int ignoredPortId) throws ErrnoException {
        return socket.receive(timeout).stream()
                .filter(message -> ignoredPortId == 0 || message.header().portId() != ignoredPortId || isGeneration(message))
                .map(NftMonitor::decode)
                .flatMap(Optional::stream)
                .toList();
    }

    private static boolean isGeneration(NetlinkMessage message) {
        return message.header().type() == Nfnetlink.type(Nfnetlink.SUBSYS_NFTABLES, NEWGEN);
    }

    /** Ends a waiting {@link #receive}. */
    public void wakeUp() throws ErrnoException {
        socket.wakeUp();
    }

    static Optional<NftEvent> decode(NetlinkMessage message) {
        int type = message.header().type();
        if (Nfnetlink.subsystem(type) != Nfnetlink.SUBSYS_NFTABLES) {
            return Optional.empty();
        }
        int portId = message.header().portId();
        var attributes = message.attributes(Nfnetlink.HEADER);
        int action = Nfnetlink.message(type);
        if (action == NEWGEN) {
            return Optional.of(new NftEvent.Generation(portId, attributes.be32(GEN_ID)));
        }
        // NFTA_*_TABLE is 1 for every kind, and so is NFTA_TABLE_NAME.
        var table = new Table(Nftables.family(message), attributes.string(1));
        if (action == NEWSETELEM || action == DELSETELEM) {
            return Optional.of(new NftEvent.Elements(portId, action == NEWSETELEM, table, attributes.string(NAME),
                    attributes.nestedOrEmpty(ELEM_LIST_ELEMENTS).all().stream()
                            .map(entry -> SetElement.Listed.decode(entry.nested())).toList()));
        }
        var kind = kind(action);
        var name = switch (kind) {
            case TABLE -> table.name();
            case CHAIN -> attributes.string(CHAIN_NAME, "");
            case RULE, SET, OBJECT, OTHER -> attributes.string(NAME, "");
        };
        return Optional.of(new NftEvent.Changed(portId, kind, action % 3 == 0, table, name));
    }

    /** The messages come in threes, new, get, delete, but for those after {@code NFT_MSG_NEWGEN}. */
    private static NftEvent.Kind kind(int action) {
        return switch (action) {
            case 0, 2 -> NftEvent.Kind.TABLE;
            case 3, 5 -> NftEvent.Kind.CHAIN;
            case 6, 8 -> NftEvent.Kind.RULE;
            case 9, 11 -> NftEvent.Kind.SET;
            case 18, 20 -> NftEvent.Kind.OBJECT;
            default -> NftEvent.Kind.OTHER;
        };
    }

    @Override
    public void close() {
        socket.close();
    }
}
