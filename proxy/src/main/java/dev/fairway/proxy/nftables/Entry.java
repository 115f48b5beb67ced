package dev.fairway.proxy.nftables;

import dev.fairway.netlink.nftables.Bytes;
import dev.fairway.netlink.nftables.SetElement;
import dev.fairway.netlink.nftables.Verdict;
import java.util.Optional;

/**
 * What belongs to a key of a set or verdict map.
 *
 * @param chain where a verdict map sends packets; empty for a set
 * @param last the end of a range
 */
record Entry(String chain, Optional<Bytes> last, String comment) {
    /** Membership in a set. */
    static final Entry MEMBER = new Entry("", Optional.empty(), "");

    static Entry goTo(String chain, String comment) {
        return new Entry(chain, Optional.empty(), comment);
    }

    static Entry range(Bytes last) {
        return new Entry("", Optional.of(last), "");
    }

    SetElement element(Bytes key) {
        var element = chain.isEmpty() ? SetElement.of(key) : SetElement.of(key, Verdict.goTo(chain));
        return (last.isPresent() ? element.to(last.get()) : element).comment(comment);
    }
}
