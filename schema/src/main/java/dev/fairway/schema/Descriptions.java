package dev.fairway.schema;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What types and fields mean, for {@code kubectl explain}: {@code descriptions.txt}, read on first use. */
final class Descriptions {
    private static final Map<String, String> TEXTS = load();

    private Descriptions() {
    }

    /** The text on a type ({@code core/v1.Pod}) or a field ({@code core/v1.PodSpec/containers}). */
    static Optional<String> of(String path) {
        return Optional.ofNullable(TEXTS.get(path));
    }

    private static Map<String, String> load() {
        Map<String, String> texts = new HashMap<>();
        var in = Descriptions.class.getResourceAsStream("descriptions.txt");
        try (var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            lines.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).forEach(line -> {
                int space = line.indexOf(' ');
                texts.put(line.substring(0, space), line.substring(space + 1).strip());
            });
        } catch (IOException e) {
            throw new UncheckedIOException("descriptions.txt", e);
        }
        return texts;
    }
}
