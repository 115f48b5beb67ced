package dev.fairway.netlink.rtnetlink;

import dev.fairway.netlink.netns.NetworkNamespace;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;

/**
 * A veth pair to be made: one end here, the other (the peer) perhaps elsewhere.
 *
 * <pre>{@code Veth.named("veth1").peer("eth0").peerNamespace(pod).mtu(1400)}</pre>
 *
 * @param name this end's interface name, 1 to 15 characters
 * @param peer the other end's interface name
 * @param peerNamespace where the other end goes; the same namespace if empty
 * @param mtu bytes, of both ends; the kernel's 1500 if empty
 * @param address this end's MAC address; random if empty
 * @param peerAddress the other end's MAC address; random if empty
 */
public record Veth(String name, String peer, Optional<NetworkNamespace> peerNamespace, Optional<Integer> mtu,
        Optional<String> address, Optional<String> peerAddress) {
    public Veth {
        Links.checkName(name);
        Links.checkName(peer);
        Objects.requireNonNull(peerNamespace);
        address.ifPresent(Veth::bytes);
        peerAddress.ifPresent(Veth::bytes);
    }

    /** A pair whose peer is called {@code NAMEp} until {@link #peer} says otherwise. */
    public static Veth named(String name) {
        return new Veth(name, name.length() < 15 ? name + "p" : "p" + name.substring(1), Optional.empty(),
                Optional.empty(), Optional.empty(), Optional.empty());
    }

    public Veth peer(String peer) {
        return new Veth(name, peer, peerNamespace, mtu, address, peerAddress);
    }

    public Veth peerNamespace(NetworkNamespace namespace) {
        return new Veth(name, peer, Optional.of(namespace), mtu, address, peerAddress);
    }

    public Veth mtu(int mtu) {
        return new Veth(name, peer, peerNamespace, Optional.of(mtu), address, peerAddress);
    }

    public Veth address(String address) {
        return new Veth(name, peer, peerNamespace, mtu, Optional.of(address), peerAddress);
    }

    public Veth peerAddress(String peerAddress) {
        return new Veth(name, peer, peerNamespace, mtu, address, Optional.of(peerAddress));
    }

    /** @throws IllegalArgumentException if the text is no MAC address */
    static byte[] bytes(String address) {
        byte[] bytes = HexFormat.ofDelimiter(":").parseHex(address);
        if (bytes.length != 6) {
            throw new IllegalArgumentException("MAC address: " + address);
        }
        return bytes;
    }
}
