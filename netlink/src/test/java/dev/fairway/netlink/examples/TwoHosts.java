package dev.fairway.netlink.examples;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.rtnetlink.IpPrefix;
import dev.fairway.netlink.rtnetlink.Rtnetlink;
import dev.fairway.netlink.rtnetlink.Veth;
import java.io.IOException;
import java.net.InetAddress;

/** Two hosts on one cable, in namespaces of their own, without a process for either. */
final class TwoHosts implements AutoCloseable {
    static final InetAddress LEFT = InetAddress.ofLiteral("192.0.2.1");
    static final InetAddress RIGHT = InetAddress.ofLiteral("192.0.2.2");

    final NetworkNamespace left;
    final NetworkNamespace right;

    TwoHosts(String name) throws IOException {
        left = NetworkNamespace.create(name + "-left");
        right = NetworkNamespace.create(name + "-right");
        try (Rtnetlink inLeft = Rtnetlink.open(left); Rtnetlink inRight = Rtnetlink.open(right)) {
            inLeft.createVeth(Veth.named("eth0").peer("eth0").peerNamespace(right));
            inLeft.addAddress("eth0", new IpPrefix(LEFT, 24));
            inRight.addAddress("eth0", new IpPrefix(RIGHT, 24));
            inLeft.setUp("eth0");
            inRight.setUp("eth0");
        }
    }

    @Override
    public void close() throws IOException {
        left.delete();
        right.delete();
    }
}
