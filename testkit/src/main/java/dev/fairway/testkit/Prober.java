package dev.fairway.testkit;

import dev.fairway.netlink.netns.NetworkNamespace;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Opens fresh connections from a namespace to servers like {@link EchoServer} and counts who answered.
 *
 * @param from where connections come from
 * @param tries connections per target
 * @param timeout for a connection and for its answer
 */
public record Prober(NetworkNamespace from, int tries, Duration timeout) {
    /** After so many failures, and nothing else, further tries would tell nothing new. */
    private static final int HOPELESS = 3;

    public enum Protocol { TCP, UDP }

    /** An address to try; its text is {@code TCP 10.96.0.10:80}, also for IPv6, without brackets. */
    public record Target(Protocol protocol, String address, int port) {
        /** @param text as {@link #toString} writes it */
        public static Target parse(String text) {
            int space = text.indexOf(' ');
            int colon = text.lastIndexOf(':');
            if (space < 0 || colon < space) {
                throw new IllegalArgumentException("target: " + text);
            }
            return new Target(Protocol.valueOf(text.substring(0, space)), text.substring(space + 1, colon),
                    Integer.parseInt(text.substring(colon + 1)));
        }

        @Override
        public String toString() {
            return protocol + " " + address + ":" + port;
        }
    }

    /**
     * What the tries met.
     *
     * @param endpoints by the server's name, the source addresses that it saw
     * @param failures {@code refused}, {@code timeout}, {@code closed} (connected, no answer), {@code error: …}
     * @param counts how often each whole answer and each failure occurred
     */
    public record Outcome(SortedMap<String, SortedSet<String>> endpoints, SortedSet<String> failures,
            SortedMap<String, Integer> counts) {
        static Outcome of(SortedMap<String, Integer> counts) {
            var endpoints = new TreeMap<String, SortedSet<String>>();
            var failures = new TreeSet<String>();
            for (var answer : counts.keySet()) {
                var words = answer.split(" ");
                if (words.length == 2 && !answer.startsWith("error")) {
                    endpoints.computeIfAbsent(words[0], name -> new TreeSet<>()).add(words[1]);
                } else {
                    failures.add(answer);
                }
            }
            return new Outcome(endpoints, failures, counts);
        }
    }

    /** 40 tries of half a second each. */
    public static Prober from(NetworkNamespace namespace) {
        return new Prober(namespace, 40, Duration.ofMillis(500));
    }

    public Prober tries(int tries) {
        return new Prober(from, tries, timeout);
    }

    public Prober timeout(Duration timeout) {
        return new Prober(from, tries, timeout);
    }

    /** Tries one target. */
    public Outcome probe(Target target) throws IOException {
        return Outcome.of(from.call(() -> tryAll(target)));
    }

    public Outcome tcp(String address, int port) throws IOException {
        return probe(new Target(Protocol.TCP, address, port));
    }

    public Outcome udp(String address, int port) throws IOException {
        return probe(new Target(Protocol.UDP, address, port));
    }

    /** Tries several targets at once, each from a thread of its own. */
    public Map<Target, Outcome> probe(Collection<Target> targets) throws IOException, InterruptedException {
        var outcomes = new LinkedHashMap<Target, Outcome>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = new LinkedHashMap<Target, Future<Outcome>>();
            targets.forEach(target -> running.put(target, threads.submit(() -> probe(target))));
            for (var entry : running.entrySet()) {
                outcomes.put(entry.getKey(), entry.getValue().get());
            }
        } catch (ExecutionException failure) {
            throw new IOException("probing from " + from.name(), failure.getCause());
        }
        return outcomes;
    }

    /**
     * As {@link #probe(Target)}, but only until a further endpoint would be a surprise: less than one in a million of those
     * that are drawn as often as the others is missed.
     */
    public Outcome probeUntilSettled(Target target) throws IOException {
        return Outcome.of(from.call(() -> tryAll(target, Prober::isSettled)));
    }

    /** With k answers known, of k + 1 equally frequent ones the last stays away n times with probability (k/(k+1))^n. */
    private static boolean isSettled(int answers, int triesWithoutNewOne) {
        return triesWithoutNewOne * Math.log((answers + 1.0) / answers) > Math.log(1_000_000);
    }

    private SortedMap<String, Integer> tryAll(Target target) {
        return tryAll(target, (answers, triesWithoutNewOne) -> false);
    }

    /** Tells of the number of different answers so far, and of the tries since the last new one, whether that is enough. */
    @FunctionalInterface
    private interface Enough {
        boolean is(int answers, int triesWithoutNewOne);
    }

    private SortedMap<String, Integer> tryAll(Target target, Enough enough) {
        var counts = new TreeMap<String, Integer>();
        var address = new InetSocketAddress(InetAddress.ofLiteral(target.address()), target.port());
        int failed = 0;
        int last = 0;
        for (int i = 0; i < tries; i++) {
            var answer = switch (target.protocol()) {
                case TCP -> tryTcp(address);
                case UDP -> tryUdp(address);
            };
            if (counts.merge(answer, 1, Integer::sum) == 1) {
                last = i;
            }
            if (enough.is(counts.size(), i - last)) {
                break;
            }
            if (!answer.contains(" ") && ++failed >= HOPELESS && counts.size() == 1) {
                break;
            }
        }
        return counts;
    }

    private String tryTcp(InetSocketAddress address) {
        try (var socket = new Socket()) {
            socket.setSoTimeout((int) timeout.toMillis());
            socket.connect(address, (int) timeout.toMillis());
            var answer = new String(socket.getInputStream().readNBytes(200), StandardCharsets.UTF_8);
            return answer.isEmpty() ? "closed" : answer;
        } catch (IOException failure) {
            return named(failure);
        }
    }

    private String tryUdp(InetSocketAddress address) {
        try (var socket = new DatagramSocket()) {
            socket.setSoTimeout((int) timeout.toMillis());
            socket.connect(address);
            socket.send(new DatagramPacket(new byte[] {'x'}, 1));
            var answer = new DatagramPacket(new byte[200], 200);
            socket.receive(answer);
            return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            return named(failure);
        }
    }

    private static String named(IOException failure) {
        return switch (failure) {
            case SocketTimeoutException timeout -> "timeout";
            case PortUnreachableException refused -> "refused";
            case ConnectException connect when String.valueOf(connect.getMessage()).contains("refused") -> "refused";
            default -> "error: " + failure.getMessage();
        };
    }
}
