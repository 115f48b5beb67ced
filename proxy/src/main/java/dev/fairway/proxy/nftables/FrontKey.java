package dev.fairway.proxy.nftables;

import dev.fairway.netlink.nftables.Bytes;
import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.model.Protocol;

/** What a client connects to: the key of a verdict map, and the first fields of the keys of endpoints. */
sealed interface FrontKey {
    Protocol protocol();

    int port();

    /** A cluster IP, an external IP, a load balancer's address. */
    record Address(IpAddress address, Protocol protocol, int port) implements FrontKey {
    }

    /** A node port, on whatever address of the node. */
    record NodePort(Protocol protocol, int port) implements FrontKey {
    }

    default Bytes bytes() {
        return switch (this) {
            case Address(var address, var protocol, int port) ->
                    Bytes.concat(Bytes.of(address.bytes()), Bytes.u8(number(protocol)), Bytes.be16(port));
            case NodePort(var protocol, int port) -> Bytes.concat(Bytes.u8(number(protocol)), Bytes.be16(port));
        };
    }

    /** The key of one numbered endpoint. */
    default Bytes slot(int index) {
        return switch (this) {
            case Address(var address, var protocol, int port) -> Bytes.concat(Bytes.of(address.bytes()),
                    Bytes.u8(number(protocol)), Bytes.be16(port), Bytes.u32(index));
            case NodePort(var protocol, int port) ->
                    Bytes.concat(Bytes.u8(number(protocol)), Bytes.be16(port), Bytes.u32(index));
        };
    }

    /** {@code IPPROTO_*}. */
    static int number(Protocol protocol) {
        return switch (protocol) {
            case TCP -> 6;
            case UDP -> 17;
            case SCTP -> 132;
        };
    }
}
