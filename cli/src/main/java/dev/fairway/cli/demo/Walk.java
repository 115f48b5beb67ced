package dev.fairway.cli.demo;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** What the demo prints, and the observations that did not hold. */
final class Walk {
    private final PrintStream out;
    private final List<String> failures = new ArrayList<>();
    private int observations;
    private int step;

    Walk(PrintStream out) {
        this.out = out;
    }

    void step(String title) {
        out.printf("%n%d. %s%n", ++step, title);
        out.flush();
    }

    /** Shows what a command or the kernel said, indented. */
    void show(String text) {
        text.lines().forEach(line -> out.println("   " + line));
        out.flush();
    }

    /** Records one observation; the demo succeeds only if each held. */
    boolean observe(boolean held, String what) {
        observations++;
        out.println("   " + (held ? "✓ " : "✗ ") + what);
        out.flush();
        if (!held) {
            failures.add("step " + step + ": " + what);
        }
        return held;
    }

    /** Prints the sum; true if every observation held. */
    boolean finish() {
        out.println();
        if (failures.isEmpty()) {
            out.println("All " + observations + " observations held.");
        } else {
            out.println(failures.size() + " of " + observations + " observations did not hold:");
            failures.forEach(failure -> out.println("  ✗ " + failure));
        }
        return failures.isEmpty();
    }
}
