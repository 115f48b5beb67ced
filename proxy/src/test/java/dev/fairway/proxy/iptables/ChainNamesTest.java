package dev.fairway.proxy.iptables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.fairway.kube.ObjectKey;
import dev.fairway.proxy.model.Endpoint;
import dev.fairway.proxy.model.Hints;
import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.model.Protocol;
import dev.fairway.proxy.state.Backend;
import dev.fairway.proxy.state.ServicePortName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChainNamesTest {
    private static final ServicePortName ARTICLE =
            new ServicePortName(new ObjectKey("k8s-test", "service"), "service-port", Protocol.TCP);

    @Test
    void namesOfTheArticle() {
        assertEquals("IUAUJYFCIUUMOL2O", ChainNames.suffix(ARTICLE));
        assertEquals("KUBE-SEP-3C4G3TP5TJKPOH3O", ChainNames.endpoint(ARTICLE, backend("10.44.0.3")));
        assertEquals("KUBE-SEP-2ATDMDQBZCO4RJUM", ChainNames.endpoint(ARTICLE, backend("10.44.0.4")));
    }

    private static Backend backend(String address) {
        return new Backend(new Endpoint(IpAddress.of(address), "", Hints.NONE, true, true, false), 8080, false);
    }

    @ParameterizedTest
    @CsvSource({"1, 1.00000000000", "2, 0.50000000000", "3, 0.33333333349", "4, 0.25000000000", "7, 0.14285714272",
        "1000, 0.00100000016", "5000, 0.00020000013"})
    void probabilitiesAreThoseThatTheKernelPrints(int of, String text) {
        assertEquals(text, Probability.oneIn(of));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\"b", "a\\b", "a'b", "a\nb", "é"})
    void commentCannotBeEndedFromInside(String comment) {
        assertThrows(IllegalArgumentException.class, () -> RuleText.rule().comment(comment));
    }
}
