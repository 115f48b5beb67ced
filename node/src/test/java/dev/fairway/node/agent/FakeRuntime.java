package dev.fairway.node.agent;

import dev.fairway.node.runtime.ContainerExit;
import dev.fairway.node.runtime.ContainerLog;
import dev.fairway.node.runtime.ContainerRuntime;
import dev.fairway.node.runtime.ContainerSpec;
import dev.fairway.node.runtime.ExecResult;
import dev.fairway.node.runtime.RunningContainer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Runs {@code fake/…} images by remembering them; a test decides how they end and what commands in them answer. */
final class FakeRuntime implements ContainerRuntime {
    /** What happened, in order: {@code start NAME}, {@code exec NAME COMMAND}, {@code stop NAME GRACE}, {@code end NAME CODE}. */
    final List<String> history = new CopyOnWriteArrayList<>();
    final Map<String, FakeContainer> running = new ConcurrentHashMap<>();
    private final Map<String, ExecResult> answers = new ConcurrentHashMap<>();
    private final Map<String, Integer> endsAtOnce = new ConcurrentHashMap<>();

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public boolean runs(String image) {
        return image.startsWith("fake/");
    }

    @Override
    public boolean runsPrograms() {
        return true;
    }

    /** Commands whose first word is this are answered so; others succeed silently. */
    void answer(String command, int exitCode, String output) {
        answers.put(command, new ExecResult(exitCode, output));
    }

    /** A container of this name ends as soon as it is started. */
    void endsAtOnce(String container, int exitCode) {
        endsAtOnce.put(container, exitCode);
    }

    @Override
    public RunningContainer start(ContainerSpec container, Consumer<ContainerExit> onExit) throws IOException {
        if (container.image().equals("fake/broken")) {
            throw new IOException("exec: \"broken\": executable file not found in $PATH");
        }
        history.add("start " + container.name());
        FakeContainer started = new FakeContainer(container, onExit);
        running.put(container.name(), started);
        Integer exitCode = endsAtOnce.get(container.name());
        if (exitCode != null) {
            started.end(exitCode);
        }
        return started;
    }

    @Override
    public void close() {
        running.values().forEach(each -> each.end(137));
    }

    final class FakeContainer implements RunningContainer {
        final ContainerSpec spec;
        private final Consumer<ContainerExit> onExit;
        private final ContainerLog log = new ContainerLog();
        private final AtomicBoolean ended = new AtomicBoolean();

        FakeContainer(ContainerSpec spec, Consumer<ContainerExit> onExit) {
            this.spec = spec;
            this.onExit = onExit;
            log.append(Instant.now(), "started " + spec.image());
        }

        void end(int exitCode) {
            if (ended.compareAndSet(false, true)) {
                history.add("end " + spec.name() + " " + exitCode);
                running.remove(spec.name(), this);
                log.end();
                onExit.accept(new ContainerExit(exitCode, Instant.now()));
            }
        }

        @Override
        public ContainerLog log() {
            return log;
        }

        @Override
        public void stop(Duration grace) {
            history.add("stop " + spec.name() + " " + grace.toSeconds());
            end(143);
        }

        @Override
        public ExecResult exec(List<String> command, Duration timeout) {
            history.add("exec " + spec.name() + " " + String.join(" ", command));
            return answers.getOrDefault(command.getFirst(), new ExecResult(0, ""));
        }
    }
}
