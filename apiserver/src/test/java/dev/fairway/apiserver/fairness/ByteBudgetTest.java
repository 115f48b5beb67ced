package dev.fairway.apiserver.fairness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ByteBudgetTest {
    private final ByteBudget budget = new ByteBudget(1_000_000);

    @Test
    void whatIsLargeSharesAndWhatIsSmallIsFree() throws Exception {
        ByteBudget.Share first = budget.take(600_000);
        assertEquals(Optional.empty(), budget.tryTake(600_000));
        assertTrue(budget.tryTake(1_000).isPresent());
        budget.tryTake(400_000).orElseThrow().close();
        Thread waiting = Thread.ofVirtual().start(() -> budget.take(600_000).close());
        while (waiting.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        first.close();
        waiting.join();
        assertTrue(budget.tryTake(1_000_000).isPresent());
    }

    @Test
    void whatIsLargerThanAllGetsAll() {
        try (var _ = budget.take(50_000_000)) {
            assertEquals(Optional.empty(), budget.tryTake(100_000));
        }
        assertTrue(budget.tryTake(100_000).isPresent());
    }
}
