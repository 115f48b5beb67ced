package dev.fairway.apiserver.crd.cel;

import dev.fairway.apiserver.crd.schema.Formats;
import dev.fairway.apiserver.kinds.Check;
import dev.fairway.schema.FieldError;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * A named format of strings, as CEL rules ask for it: {@code format.dns1123Label().validate(self.name)}.
 *
 * @param mistakes what is wrong with a text; nothing if it is in the format
 */
record CelFormat(String name, Function<String, List<String>> mistakes) {
    static final List<CelFormat> ALL = List.of(
            byCheck("dns1123Label", (check, text) -> check.dnsLabel("", text)),
            byCheck("dns1123Subdomain", (check, text) -> check.dnsSubdomain("", text)),
            byCheck("dns1035Label", (check, text) -> check.dns1035Label("", text)),
            byCheck("dns1123LabelPrefix", (check, text) -> check.dnsLabel("", prefix(text))),
            byCheck("dns1123SubdomainPrefix", (check, text) -> check.dnsSubdomain("", prefix(text))),
            byCheck("dns1035LabelPrefix", (check, text) -> check.dns1035Label("", prefix(text))),
            byCheck("qualifiedName", (check, text) -> check.qualifiedName("", text)),
            byCheck("labelValue", (check, text) -> check.labelValue("", text)),
            bySchema("uri", "uri", "invalid URI"),
            bySchema("uuid", "uuid", "does not match the UUID format"),
            bySchema("byte", "byte", "invalid base64"),
            bySchema("date", "date", "invalid date"),
            bySchema("datetime", "date-time", "invalid datetime"));

    /** What a generated name starts with may end in a hyphen. */
    private static String prefix(String text) {
        return text.endsWith("-") ? text.substring(0, text.length() - 1) + "a" : text;
    }

    private static CelFormat byCheck(String name, BiConsumer<Check, String> rule) {
        return new CelFormat(name, text -> {
            Check check = new Check();
            rule.accept(check, text);
            return check.errors().stream().map(FieldError::detail).toList();
        });
    }

    private static CelFormat bySchema(String name, String format, String mistake) {
        return new CelFormat(name, text -> Formats.matches(format, text) ? List.of() : List.of(mistake));
    }

    static Optional<CelFormat> named(String name) {
        return ALL.stream().filter(each -> each.name.equals(name)).findFirst();
    }

    /** What is wrong with a text; empty if nothing is. */
    Optional<List<String>> validate(String text) {
        return Optional.of(mistakes.apply(text)).filter(list -> !list.isEmpty());
    }
}
