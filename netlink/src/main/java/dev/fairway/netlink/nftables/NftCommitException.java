package dev.fairway.netlink.nftables;

import dev.fairway.netlink.socket.KernelError;
import dev.fairway.netlink.socket.NetlinkException;
import dev.fairway.netlink.sys.Errno;
import java.util.List;
import java.util.Optional;

/** A batch that the kernel refused; nothing of it was applied. */
public final class NftCommitException extends NetlinkException {

    /**
     * One refused change.
     *
     * @param change such as {@code add elements of ip fairway services}
     * @param element the element at fault, where the kernel told it
     */
    public record Failure(String change, Optional<SetElement> element, KernelError error) {
        @Override
        public String toString() {
            return change + element.map(one -> " (key " + one.key() + ")").orElse("") + ": " + error;
        }
    }

    private final transient List<Failure> failures;

    NftCommitException(List<Failure> failures) {
        super(failures.getFirst().change() + failures.getFirst().element().map(e -> " (key " + e.key() + ")").orElse(""),
                failures.getFirst().error());
        this.failures = List.copyOf(failures);
    }

    /** Every change that was refused, at least one. */
    public List<Failure> failures() {
        return failures;
    }

    /** Whether the ruleset had changed since the generation that the batch was computed from. */
    public boolean isStale() {
        return failures.stream().anyMatch(failure -> failure.error().is(Errno.ERESTART));
    }
}
