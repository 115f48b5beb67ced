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
    /** Stands for all types that say nothing of a field of their own. */
    private static final String ANY = "*";
    private static final Map<String, String> TEXTS = load();

    private Descriptions() {
    }

    /** The text on a type, such as {@code core/v1.Pod}. */
    static Optional<String> ofType(String type) {
        return Optional.ofNullable(TEXTS.get(type));
    }

    /** The text on a field of a type, else on fields of that name. */
    static Optional<String> ofField(String type, String field) {
        return Optional.ofNullable(TEXTS.get(type + "/" + field)).or(() -> Optional.ofNullable(TEXTS.get(ANY + "/" + field)));
    }

    private static Map<String, String> load() {
        Map<String, String> texts = new HashMap<>();
        var in = Descriptions.class.getResourceAsStream("descriptions.txt");
        try (var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            String type = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] parts = line.split(" ", 2);
                if (line.startsWith(":")) {
                    type = parts[0].substring(1);
                    if (parts.length == 2) {
                        texts.put(type, parts[1]);
                    }
                } else if (!line.startsWith("#")) {
                    texts.put(type + "/" + parts[0], parts[1]);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("descriptions.txt", e);
        }
        return texts;
    }
}
