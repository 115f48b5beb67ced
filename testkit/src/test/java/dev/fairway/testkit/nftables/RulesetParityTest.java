package dev.fairway.testkit.nftables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.nftables.NftBatch;
import dev.fairway.netlink.nftables.NftCommitException;
import dev.fairway.netlink.nftables.Nftables;
import dev.fairway.netlink.nftables.Table;
import dev.fairway.netlink.nftables.expr.Counter;
import dev.fairway.netlink.nftables.expr.Expression;
import dev.fairway.testkit.TestNamespaces;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same random changes through netlink to the kernel and to the fake: both take the same and refuse the same for the same
 * reason, and list the same. What the kernel then holds goes through the nft command and back.
 *
 * <p>{@code -Dparity.seeds=100-199} runs others than the usual seeds.
 */
class RulesetParityTest {
    private static final int BATCHES = 150;

    @RegisterExtension
    final TestNamespaces namespaces = new TestNamespaces("fwpar");

    @TempDir
    Path directory;

    static LongStream seeds() {
        String[] range = System.getProperty("parity.seeds", "1-6").split("-", 2);
        return LongStream.rangeClosed(Long.parseLong(range[0]), Long.parseLong(range[range.length - 1]));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theFakeDoesWhatTheKernelDoes(long seed) throws Exception {
        var batches = new RandomBatch(seed);
        var fake = new FakeKernel();
        var namespace = namespaces.create();
        int taken = 0;
        try (var kernel = Nftables.open(namespace); var stand = Nftables.over(fake.connect())) {
            for (int i = 0; i < BATCHES; i++) {
                var where = "seed " + seed + ", batch " + i;
                var both = batches.next();
                var before = fake.dump();
                var answer = commit(kernel, both.getFirst());
                assertEquals(answer, commit(stand, both.getLast()), where);
                if (answer.isEmpty()) {
                    taken++;
                    assertEquals(content(kernel), content(stand), where);
                } else {
                    assertEquals(before, fake.dump(), where);
                }
            }
            assertTrue(taken > 5 && taken < BATCHES - 5, "seed " + seed + ": " + taken + " taken");
            assertText(fake, stand);
            assertNft(namespace, kernel, "seed " + seed);
        }
    }

    /** The first refusal; those after it depend on how far the kernel went with what it had refused. */
    private static String commit(Nftables nftables, NftBatch batch) throws Exception {
        try {
            nftables.commit(batch);
            return "";
        } catch (NftCommitException refused) {
            var first = refused.failures().getFirst();
            return first.change() + ": " + first.error().errno();
        }
    }

    private static void assertText(FakeKernel fake, Nftables stand) throws Exception {
        var copy = new FakeKernel();
        copy.load(fake.dump());
        assertEquals(fake.dump(), copy.dump());
        try (var read = Nftables.over(copy.connect())) {
            assertEquals(content(stand), content(read));
        }
    }

    private void assertNft(NetworkNamespace namespace, Nftables kernel, String where) throws Exception {
        var listing = nft(namespace, "-s", "list", "ruleset");
        var copy = namespaces.create();
        nft(copy, "-f", Files.writeString(directory.resolve("listing.nft"), listing).toString());
        try (var read = Nftables.open(copy)) {
            assertEquals(content(kernel), content(read), () -> where + ":\n" + listing);
        }
        nft(copy, "-j", "list", "ruleset");
    }

    private static String nft(NetworkNamespace namespace, String... words) throws Exception {
        var command = new ArrayList<>(List.of("nft"));
        command.addAll(List.of(words));
        var process = namespace.processBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), () -> String.join(" ", command) + ": " + output);
        return output;
    }

    /** All that can be listed, without handles, counts and the order in which sets keep elements. */
    private static Map<String, Object> content(Nftables nftables) throws Exception {
        var content = new TreeMap<String, Object>();
        for (Table table : nftables.tables()) {
            content.put("table " + table, table.comment());
            for (var chain : nftables.chains(table)) {
                content.put("chain " + table + " " + chain.name(), chain.hook() + chain.comment());
                content.put("rules " + table + " " + chain.name(), nftables.rules(table).stream()
                        .filter(rule -> rule.chain().equals(chain.name()))
                        .map(rule -> rule.expressions().stream().map(RulesetParityTest::withoutCounts).toList() + rule.comment())
                        .toList());
            }
            for (var set : nftables.sets(table)) {
                content.put("set " + table + " " + set.name(), set.flagBits() + "/" + set.keyType() + "/" + set.keyLength()
                        + "/" + set.dataType() + "/" + set.dataLength() + "/" + set.size() + "/" + set.timeoutMillis() + "/"
                        + set.comment());
                content.put("elements " + table + " " + set.name(), nftables.elements(table, set.name()).stream()
                        .map(listed -> listed.element().toString() + listed.intervalEnd())
                        .collect(Collectors.toCollection(TreeSet::new)));
            }
            nftables.counters(table).forEach(counter -> content.put("counter " + table + " " + counter.name(), ""));
        }
        return content;
    }

    private static Expression withoutCounts(Expression expression) {
        return expression instanceof Counter ? new Counter() : expression;
    }
}
