package dev.fairway.node.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Image {@code fairway.local/echo}, inside this process: answers on every containerPort, TCP and UDP, with one line
 * of Pod name, Pod IP and the client address that it saw; to an HTTP request with that line as a page. One thread
 * serves all Pods.
 */
public final class EchoRuntime implements ContainerRuntime {
    public static final String IMAGE = "fairway.local/echo";

    private final EchoLoop loop;
    private final Duration drain;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("echo-drain").factory());

    /**
     * A runtime of its own thread.
     *
     * @param drain how long a stopped container still answers, within its grace period, so that it is out of
     *     everybody's rules before it falls silent
     */
    public EchoRuntime(Duration drain) throws IOException {
        this.loop = EchoLoop.start();
        this.drain = drain;
    }

    @Override
    public String name() {
        return "echo";
    }

    @Override
    public boolean runs(String image) {
        return image.equals(IMAGE) || image.startsWith(IMAGE + ":");
    }

    @Override
    public boolean runsPrograms() {
        return false;
    }

    @Override
    public RunningContainer start(ContainerSpec container, Consumer<ContainerExit> onExit) throws IOException {
        String greeting = container.podName() + " " + container.network().address().getHostAddress() + " ";
        List<SelectableChannel> channels;
        try {
            channels = container.network().namespace().call(() -> open(container.ports()));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (SelectableChannel channel : channels) {
            loop.register(channel, greeting);
        }
        return new Echo(container, channels, onExit);
    }

    private static List<SelectableChannel> open(List<ContainerSpec.Port> ports) {
        List<SelectableChannel> channels = new ArrayList<>();
        try {
            for (ContainerSpec.Port port : ports) {
                InetSocketAddress any = new InetSocketAddress(port.number());
                switch (port.protocol()) {
                    case "TCP" -> {
                        ServerSocketChannel channel = ServerSocketChannel.open();
                        channels.add(channel);
                        channel.bind(any, 1024);
                    }
                    case "UDP" -> {
                        DatagramChannel channel = DatagramChannel.open();
                        channels.add(channel);
                        channel.bind(any);
                    }
                    default -> throw new IOException("port " + port.number() + ": " + port.protocol() + " is not echoed, only TCP and UDP");
                }
            }
            return channels;
        } catch (IOException e) {
            channels.forEach(EchoLoop::close);
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        loop.close();
    }

    private final class Echo implements RunningContainer {
        private final ContainerSpec spec;
        private final List<SelectableChannel> channels;
        private final Consumer<ContainerExit> onExit;
        private final ContainerLog log = new ContainerLog();
        private final AtomicBoolean ended = new AtomicBoolean();

        Echo(ContainerSpec spec, List<SelectableChannel> channels, Consumer<ContainerExit> onExit) {
            this.spec = spec;
            this.channels = channels;
            this.onExit = onExit;
            for (ContainerSpec.Port port : spec.ports()) {
                log.append(Instant.now(), "echoing on " + port.protocol() + " " + port.number());
            }
        }

        @Override
        public ContainerLog log() {
            return log;
        }

        @Override
        public void stop(Duration grace) {
            Duration wait = grace.compareTo(drain) < 0 ? grace : drain;
            timer.schedule(this::end, wait.toMillis(), TimeUnit.MILLISECONDS);
        }

        private void end() {
            if (ended.compareAndSet(false, true)) {
                loop.unregister(channels, () -> {
                    log.end();
                    onExit.accept(new ContainerExit(0, Instant.now()));
                });
            }
        }

        @Override
        public ExecResult exec(List<String> command, Duration timeout) throws IOException {
            throw new IOException("container " + spec.name() + ": image " + IMAGE + " has no programs to execute");
        }
    }
}
