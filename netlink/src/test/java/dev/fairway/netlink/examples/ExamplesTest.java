package dev.fairway.netlink.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.netlink.Scratch;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples of docs/netlink.md do what it says, and stand there as they stand here. */
class ExamplesTest {
    private static final Path PAGE = Path.of("../docs/netlink.md");
    private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @Test
    void aBlockedAddressGetsNoAnswerUntilItIsUnblocked() throws Exception {
        try (TwoHosts hosts = new TwoHosts("fwnlx-" + ProcessHandle.current().pid());
                BlockList list = new BlockList(hosts.right)) {
            assertThrows(ConnectException.class, () -> connect(hosts), "nobody listens, and the host says so");
            list.block(TwoHosts.LEFT, Duration.ofHours(1));
            assertThrows(SocketTimeoutException.class, () -> connect(hosts));
            assertTrue(Scratch.run(hosts.right, "nft", "list", "set", "ip", "guard", "blocked").contains("192.0.2.1 timeout 1h"));
            list.unblock(TwoHosts.LEFT);
            assertThrows(ConnectException.class, () -> connect(hosts));
        }
    }

    private static void connect(TwoHosts hosts) throws IOException {
        hosts.left.call(() -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(TwoHosts.RIGHT, 9), 500);
            }
            return null;
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"BlockList", "TwoHosts"})
    void thePageShowsTheSourceAsItIs(String example) throws IOException {
        String source = Files.readString(Path.of("src/test/java/dev/fairway/netlink/examples/" + example + ".java"));
        List<String> shown = BLOCK.matcher(Files.readString(PAGE)).results()
                .map(block -> block.group(1))
                .filter(block -> block.contains("final class " + example))
                .toList();
        assertEquals(List.of(source.substring(source.indexOf("/**"))), shown);
    }
}
