package dev.fairway.testkit.nftables;

import dev.fairway.netlink.nfnetlink.Nfnetlink;
import dev.fairway.netlink.sys.Errno;
import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkHeader;
import dev.fairway.netlink.wire.NetlinkMessage;
import dev.fairway.netlink.wire.NetlinkWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Answers dump requests with the messages of the kernel. */
final class FakeListing {
    static final int GETGEN = 16;

    private static final int RULE_HANDLE = 3;
    private static final int SET_DATA_LEN = 7;
    private static final int VERDICT_BYTES = 16;
    private static final int ELEMENTS_PER_MESSAGE = 100;

    private final Map<FakeKernel.TableKey, FakeTable> tables;
    private final List<NetlinkMessage> messages = new ArrayList<>();

    FakeListing(Map<FakeKernel.TableKey, FakeTable> tables) {
        this.tables = tables;
    }

    /** @throws Refusal if what is asked for is not there */
    List<NetlinkMessage> list(int message, int family, Attributes filter) {
        if (message == 13) {
            elements(family, filter);
            return messages;
        }
        tables.forEach((key, table) -> {
            if ((family == Nfnetlink.NFPROTO_UNSPEC || family == key.family())
                    && (!filter.has(1) || filter.string(1).equals(key.name()))) {
                list(message, key.family(), table);
            }
        });
        return messages;
    }

    private void list(int message, int family, FakeTable table) {
        switch (message) {
            case 1 -> add(0, family, reply -> reply.raw(table.attributes));
            case 4 -> table.chains.values().forEach(chain -> add(3, family, reply -> reply.raw(chain.attributes)));
            case 7 -> table.chains.values().forEach(chain -> chain.rules.forEach(rule ->
                    add(6, family, reply -> reply.raw(rule.attributes()).be64(RULE_HANDLE, rule.handle()))));
            case 10 -> table.sets.values().forEach(set -> add(9, family, reply -> {
                reply.raw(set.attributes);
                if (set.shape.dataType() == FakeTransaction.VERDICTS) {
                    reply.be32(SET_DATA_LEN, VERDICT_BYTES);
                }
            }));
            case 19 -> table.counters.values().forEach(counter -> add(18, family, reply -> reply.raw(counter)));
            default -> throw new Refusal(Errno.EOPNOTSUPP);
        }
    }

    private void elements(int family, Attributes filter) {
        var table = tables.get(new FakeKernel.TableKey(family, filter.string(1)));
        if (table == null || !table.sets.containsKey(filter.string(2))) {
            throw new Refusal(Errno.ENOENT);
        }
        var elements = List.copyOf(table.sets.get(filter.string(2)).elements.values());
        for (int from = 0; from < elements.size(); from += ELEMENTS_PER_MESSAGE) {
            var piece = elements.subList(from, Math.min(from + ELEMENTS_PER_MESSAGE, elements.size()));
            add(12, family, reply -> reply.string(1, filter.string(1)).string(2, filter.string(2))
                    .nested(3, list -> piece.forEach(element -> list.nested(1, one -> one.raw(element.attributes())))));
        }
    }

    private void add(int message, int family, Consumer<NetlinkWriter> body) {
        var reply = new NetlinkWriter();
        reply.message(Nfnetlink.type(Nfnetlink.SUBSYS_NFTABLES, message), NetlinkHeader.MULTI, 1, content -> {
            Nfnetlink.header(content, family, 0);
            body.accept(content);
        });
        messages.addAll(NetlinkMessage.split(reply.buffer()));
    }
}
