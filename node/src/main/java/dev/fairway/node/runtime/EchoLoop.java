package dev.fairway.node.runtime;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** The one thread that answers for every echo container. */
final class EchoLoop {
    private static final System.Logger LOG = System.getLogger(EchoLoop.class.getName());
    /** A client that says nothing is answered after this. */
    private static final long SILENCE_NANOS = 100_000_000L;
    /** A client that has its answer and does not hang up is dropped after this. */
    private static final long LINGER_NANOS = 5_000_000_000L;
    private static final int MAX_REQUEST = 16 << 10;
    private static final Pattern HTTP = Pattern.compile("(GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH) ");

    private final Selector selector;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(MAX_REQUEST);
    private final Deque<Patience> silent = new ArrayDeque<>();
    private final Deque<Patience> lingering = new ArrayDeque<>();

    private EchoLoop(Selector selector) {
        this.selector = selector;
    }

    static EchoLoop start() throws IOException {
        EchoLoop loop = new EchoLoop(Selector.open());
        Thread.ofPlatform().daemon().name("echo").start(loop::run);
        return loop;
    }

    /** One TCP client: what it is greeted with, and whether it has been. */
    private static final class Conversation {
        final SocketChannel channel;
        final String greeting;
        boolean answered;

        Conversation(SocketChannel channel, String greeting) {
            this.channel = channel;
            this.greeting = greeting;
        }
    }

    /** Until when a client may be silent, or linger. */
    private record Patience(Conversation with, long deadline) {}

    /** Starts to answer on a bound channel with a greeting, to which the client's address is added. */
    void register(SelectableChannel channel, String greeting) {
        submit(() -> {
            try {
                channel.configureBlocking(false);
                int interest = channel instanceof ServerSocketChannel ? SelectionKey.OP_ACCEPT : SelectionKey.OP_READ;
                channel.register(selector, interest, greeting);
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "an echo channel was closed before it was served", e);
            }
        });
    }

    /**
     * Closes channels.
     *
     * @param closed called on the loop's thread once nobody is answered on them any more; must not block
     */
    void unregister(List<? extends SelectableChannel> channels, Runnable closed) {
        submit(() -> {
            channels.forEach(EchoLoop::close);
            try {
                // A channel that a selector knows stays open until that has looked again.
                selector.selectNow(this::ready);
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "closing echo channels", e);
            }
            closed.run();
        });
    }

    private void submit(Runnable task) {
        tasks.add(task);
        selector.wakeup();
    }

    void close() {
        submit(() -> {
            selector.keys().forEach(key -> close(key.channel()));
            try {
                selector.close();
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "closing the echo selector", e);
            }
        });
    }

    private void run() {
        while (selector.isOpen()) {
            try {
                selector.select(this::ready, untilNextDeadline());
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    task.run();
                }
                long now = System.nanoTime();
                expire(silent, now, conversation -> answer(conversation, ""));
                expire(lingering, now, conversation -> close(conversation.channel));
            } catch (ClosedSelectorException e) {
                return;
            } catch (IOException | RuntimeException e) {
                // One client's trouble is not that of a thousand Pods.
                LOG.log(Level.WARNING, "the echo loop goes on", e);
            }
        }
    }

    /** Milliseconds to wait at most, 0 for without end. */
    private long untilNextDeadline() {
        long next = Long.MAX_VALUE;
        for (Deque<Patience> queue : List.of(silent, lingering)) {
            while (!queue.isEmpty() && !queue.peek().with().channel.isOpen()) {
                queue.remove();
            }
            if (!queue.isEmpty()) {
                next = Math.min(next, queue.peek().deadline() - System.nanoTime());
            }
        }
        return next == Long.MAX_VALUE ? 0 : Math.max(1, next / 1_000_000 + 1);
    }

    /** Both queues are in the order of their deadlines, since each has one delay for all. */
    private static void expire(Deque<Patience> queue, long now, Consumer<Conversation> then) {
        while (!queue.isEmpty() && queue.peek().deadline() - now <= 0) {
            Conversation first = queue.remove().with();
            if (first.channel.isOpen()) {
                then.accept(first);
            }
        }
    }

    private void ready(SelectionKey key) {
        try {
            switch (key.channel()) {
                case ServerSocketChannel server -> accept(server, (String) key.attachment());
                case DatagramChannel datagrams -> echo(datagrams, (String) key.attachment());
                case SocketChannel socket -> read(socket, (Conversation) key.attachment());
                default -> throw new IllegalStateException(key.channel().getClass().getName());
            }
        } catch (CancelledKeyException | ClosedChannelException e) {
            LOG.log(Level.TRACE, "an echo channel closed in between", e);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "an echo client went away: {0}", e.getMessage());
            if (!(key.channel() instanceof ServerSocketChannel) && !(key.channel() instanceof DatagramChannel)) {
                close(key.channel());
            }
        }
    }

    private void accept(ServerSocketChannel server, String greeting) throws IOException {
        for (SocketChannel client = server.accept(); client != null; client = server.accept()) {
            client.configureBlocking(false);
            Conversation conversation = new Conversation(client, greeting);
            client.register(selector, SelectionKey.OP_READ, conversation);
            silent.add(new Patience(conversation, System.nanoTime() + SILENCE_NANOS));
        }
    }

    private void echo(DatagramChannel datagrams, String greeting) throws IOException {
        for (SocketAddress client = datagrams.receive(buffer.clear()); client != null; client = datagrams.receive(buffer.clear())) {
            datagrams.send(ByteBuffer.wrap(line(greeting, client).getBytes(StandardCharsets.UTF_8)), client);
        }
    }

    private void read(SocketChannel client, Conversation conversation) throws IOException {
        int count = client.read(buffer.clear());
        if (count < 0) {
            if (!conversation.answered) {
                answer(conversation, "");
            }
            close(client);
        } else if (!conversation.answered) {
            byte[] start = new byte[Math.min(count, 16)];
            buffer.flip().get(start);
            answer(conversation, new String(start, StandardCharsets.ISO_8859_1));
        }
    }

    /** Says the line, as a page if the request looks like HTTP, and waits for the client to hang up. */
    private void answer(Conversation conversation, String request) {
        if (conversation.answered) {
            return;
        }
        conversation.answered = true;
        try {
            String line = line(conversation.greeting, conversation.channel.getRemoteAddress());
            boolean http = HTTP.matcher(request).lookingAt();
            String head = http ? "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: "
                    + line.length() + "\r\nConnection: close\r\n\r\n" : "";
            String answer = request.startsWith("HEAD ") ? head : head + line;
            // A line fits any send buffer: it is written in one go, or the client is gone.
            conversation.channel.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
            conversation.channel.shutdownOutput();
            lingering.add(new Patience(conversation, System.nanoTime() + LINGER_NANOS));
        } catch (IOException e) {
            close(conversation.channel);
        }
    }

    private static String line(String greeting, SocketAddress client) {
        return greeting + ((InetSocketAddress) client).getAddress().getHostAddress() + "\n";
    }

    static void close(SelectableChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(Level.TRACE, "closing an echo channel", e);
        }
    }
}
