package dev.fairway.netlink.nfacct;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.netlink.Scratch;
import dev.fairway.netlink.rtnetlink.Rtnetlink;
import dev.fairway.netlink.socket.NetlinkException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NfacctTest {

    @Test
    void objectsComeCountAndGo() throws Exception {
        try (var scratch = new Scratch()) {
            var namespace = scratch.namespace();
            try (var nfacct = Nfacct.open(namespace); var rtnetlink = Rtnetlink.open(namespace)) {
                rtnetlink.setUp("lo");
                assertEquals(List.of(), nfacct.list());
                assertTrue(nfacct.create("ct_state_invalid_dropped_pkts"));
                assertTrue(nfacct.create("localhost_nps_accepted_pkts"));
                assertFalse(nfacct.create("localhost_nps_accepted_pkts"));
                assertEquals(2, nfacct.list().size());
                assertEquals(new AccountingObject("localhost_nps_accepted_pkts", 0, 0, 0),
                        nfacct.get("localhost_nps_accepted_pkts").orElseThrow());
                Scratch.run(namespace, "iptables", "-A", "OUTPUT", "-p", "udp", "-m", "nfacct", "--nfacct-name",
                        "localhost_nps_accepted_pkts");
                namespace.call(() -> {
                    try (var socket = new DatagramSocket()) {
                        for (int i = 0; i < 3; i++) {
                            socket.send(new DatagramPacket(new byte[10], 10, new InetSocketAddress("127.0.0.1", 9)));
                        }
                    }
                    return null;
                });
                assertEquals(new AccountingObject("localhost_nps_accepted_pkts", 3, 3 * (20 + 8 + 10), 1),
                        nfacct.get("localhost_nps_accepted_pkts").orElseThrow());
                assertEquals("EBUSY", assertThrows(NetlinkException.class,
                        () -> nfacct.delete("localhost_nps_accepted_pkts")).errnoName());
                assertTrue(nfacct.delete("ct_state_invalid_dropped_pkts"));
                assertFalse(nfacct.delete("ct_state_invalid_dropped_pkts"));
                assertEquals(Optional.empty(), nfacct.get("ct_state_invalid_dropped_pkts"));
                for (var bad : List.of("", "x".repeat(32), "a\0b")) {
                    assertThrows(IllegalArgumentException.class, () -> nfacct.create(bad));
                }
            }
        }
    }
}
