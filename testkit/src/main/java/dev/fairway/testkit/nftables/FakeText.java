package dev.fairway.testkit.nftables;

import dev.fairway.netlink.wire.Attributes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A ruleset as text: a line per object with what people know it by, and the attributes that the kernel was given, in
 * hexadecimal. The same objects give the same lines in the same order.
 */
final class FakeText {
    private static final HexFormat HEX = HexFormat.of();

    private FakeText() {
    }

    static String write(Map<FakeKernel.TableKey, FakeTable> tables) {
        var text = new StringBuilder();
        tables.forEach((key, table) -> {
            var name = key.family() + " " + key.name();
            line(text, "table " + name, table.attributes);
            table.counters.forEach((counter, attributes) -> line(text, "counter " + name + " " + counter, attributes));
            table.sets.forEach((set, content) -> line(text, "set " + name + " " + set, content.attributes));
            table.chains.forEach((chain, content) -> line(text, "chain " + name + " " + chain, content.attributes));
            table.chains.forEach((chain, content) -> content.rules.forEach(rule ->
                    line(text, "rule " + name + " " + chain, rule.attributes())));
            table.sets.forEach((set, content) -> content.elements.values().stream().map(element -> HEX.formatHex(
                    element.attributes())).sorted().forEach(element ->
                            text.append("element ").append(name).append(' ').append(set).append(" = ").append(element)
                                    .append('\n')));
        });
        return text.toString();
    }

    private static void line(StringBuilder text, String head, byte[] attributes) {
        text.append(head).append(" = ").append(HEX.formatHex(attributes)).append('\n');
    }

    /** @throws IllegalArgumentException with the line that cannot be read or that the kernel would not take */
    static Map<FakeKernel.TableKey, FakeTable> read(String text) {
        var tables = new LinkedHashMap<FakeKernel.TableKey, FakeTable>();
        var transaction = new FakeTransaction(tables, false);
        text.lines().forEach(line -> {
            var parts = line.split(" = ");
            var words = parts[0].split(" ");
            try {
                apply(transaction, tables, words, ByteBuffer.wrap(HEX.parseHex(parts[1])));
            } catch (RuntimeException unreadable) {
                throw new IllegalArgumentException("line: " + line, unreadable);
            }
        });
        return tables;
    }

    private static void apply(FakeTransaction transaction, Map<FakeKernel.TableKey, FakeTable> tables, String[] words,
            ByteBuffer attributes) {
        int family = Integer.parseInt(words[1]);
        switch (words[0]) {
            case "table" -> transaction.apply(0, 0, family, attributes);
            case "counter" -> transaction.apply(18, 0, family, attributes);
            case "set" -> transaction.apply(9, 0, family, attributes);
            case "chain" -> transaction.apply(3, 0, family, attributes);
            case "rule" -> transaction.apply(6, 0x800, family, withoutPosition(attributes));
            case "element" -> {
                var table = tables.get(new FakeKernel.TableKey(family, words[2]));
                new FakeElements(table, table.sets.get(words[3])).restore(attributes);
            }
            default -> throw new IllegalArgumentException(words[0]);
        }
    }

    /** Rules stand in order; where one was put when it came means nothing any more. */
    private static ByteBuffer withoutPosition(ByteBuffer rule) {
        if (!Attributes.parse(rule).has(6)) {
            return rule;
        }
        var kept = ByteBuffer.allocate(rule.remaining());
        for (int at = 0; at + 4 <= rule.limit(); ) {
            var view = rule.duplicate().order(ByteOrder.nativeOrder());
            int padded = Short.toUnsignedInt(view.getShort(at)) + 3 & ~3;
            if ((view.getShort(at + 2) & 0x3fff) != 6) {
                kept.put(rule.slice(at, padded));
            }
            at += padded;
        }
        return kept.flip();
    }
}
