package dev.fairway.node.runtime;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** The lines that a container printed, the newest few megabytes of them. Readers can wait for more. */
public final class ContainerLog {
    private static final int MAX_CHARACTERS = 4 << 20;

    /**
     * One line.
     *
     * @param number counts the container's lines from 0
     */
    public record Line(long number, Instant at, String text) {}

    private final Deque<Line> lines = new ArrayDeque<>();
    private long next;
    private int characters;
    private boolean ended;

    public synchronized void append(Instant at, String text) {
        lines.add(new Line(next++, at, text));
        characters += text.length();
        while (characters > MAX_CHARACTERS && lines.size() > 1) {
            characters -= lines.remove().text().length();
        }
        notifyAll();
    }

    /** No more lines will come. */
    public synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** The lines from a number on, as far as they are still kept. */
    public synchronized List<Line> from(long number) {
        List<Line> found = new ArrayList<>();
        for (Line line : lines) {
            if (line.number() >= number) {
                found.add(line);
            }
        }
        return found;
    }

    /** The last lines, each with its end, cut to the last characters of them. */
    public synchronized String tail(int count, int maxCharacters) {
        StringBuilder text = new StringBuilder();
        from(fromEnd(count)).forEach(line -> text.append(line.text()).append('\n'));
        return text.substring(Math.max(0, text.length() - maxCharacters));
    }

    /** The number of the line that is {@code count} lines before the end. */
    public synchronized long fromEnd(long count) {
        return Math.max(0, next - count);
    }

    /** Waits until there are lines from a number on; empty when the log ended before. */
    public synchronized Optional<List<Line>> await(long number) throws InterruptedException {
        while (next <= number && !ended) {
            wait();
        }
        List<Line> found = from(number);
        return found.isEmpty() ? Optional.empty() : Optional.of(found);
    }
}
