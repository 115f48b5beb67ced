package dev.fairway.proxy.iptables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BesideTest {

    @Test
    void noMoreStepsRunAtATimeThanAllowed() throws Exception {
        Beside beside = new Beside(2);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < 50; i++) {
            beside.run(() -> {
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                Thread.yield();
                running.decrementAndGet();
                ran.incrementAndGet();
            });
        }
        beside.await();
        assertEquals(50, ran.get());
        assertTrue(most.get() <= 2, () -> most + " ran at a time");
    }

    @Test
    void twoStepsDoRunAtATime() throws Exception {
        Beside beside = new Beside(2);
        CountDownLatch both = new CountDownLatch(2);
        for (int i = 0; i < 2; i++) {
            beside.run(() -> {
                both.countDown();
                await(both);
            });
        }
        beside.await();
    }

    @Test
    void aFailureIsThrownOnceTheOthersHaveEnded() throws Exception {
        Beside beside = new Beside(2);
        CountDownLatch failed = new CountDownLatch(1);
        AtomicInteger ended = new AtomicInteger();
        beside.run(() -> {
            failed.countDown();
            throw new IOException("no");
        });
        beside.run(() -> {
            await(failed);
            ended.incrementAndGet();
        });
        assertEquals("no", assertThrows(IOException.class, beside::await).getMessage());
        assertEquals(1, ended.get());
        beside.run(ended::incrementAndGet);
        beside.await();
        assertEquals(2, ended.get());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
