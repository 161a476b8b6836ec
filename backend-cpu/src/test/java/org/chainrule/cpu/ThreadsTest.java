package org.chainrule.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.chainrule.ClosedException;
import org.chainrule.InvalidArgumentException;
import org.junit.jupiter.api.Test;

class ThreadsTest {
    private static int[] visits(Threads threads, int chunks) {
        AtomicIntegerArray visits = new AtomicIntegerArray(chunks);
        threads.parallel(chunks, visits::incrementAndGet);
        int[] counts = new int[chunks];
        for (int i = 0; i < chunks; i++) {
            counts[i] = visits.get(i);
        }
        return counts;
    }

    private static int[] ones(int n) {
        int[] ones = new int[n];
        java.util.Arrays.fill(ones, 1);
        return ones;
    }

    @Test
    void everyChunkIsVisitedOnce() {
        for (int size : new int[] {1, 2, 3, 8}) {
            try (Threads threads = new Threads(size)) {
                for (int chunks : new int[] {0, 1, 2, 3, 7, 100}) {
                    for (int repeat = 0; repeat < 200; repeat++) {
                        assertArrayEquals(ones(chunks), visits(threads, chunks));
                    }
                }
            }
        }
    }

    @Test
    void exceptionsOfWorkersReachTheCallerAndThePoolGoesOn() {
        try (Threads threads = new Threads(4)) {
            IllegalStateException thrown = new IllegalStateException();
            for (int failing = 0; failing < 4; failing++) {
                int chosen = failing;
                assertSame(thrown, assertThrows(IllegalStateException.class, () -> threads.parallel(4, chunk -> {
                    if (chunk == chosen) {
                        throw thrown;
                    }
                })));
                assertArrayEquals(ones(9), visits(threads, 9));
            }
        }
    }

    @Test
    void nestedCallsRun() {
        try (Threads threads = new Threads(3)) {
            AtomicIntegerArray visits = new AtomicIntegerArray(12);
            threads.parallel(3, outer -> threads.parallel(4, inner -> visits.incrementAndGet(outer * 4 + inner)));
            for (int i = 0; i < 12; i++) {
                assertEquals(1, visits.get(i));
            }
        }
    }

    @Test
    void callersOnSeveralThreadsDoNotDisturbEachOther() throws InterruptedException {
        try (Threads threads = new Threads(3)) {
            Thread[] callers = new Thread[4];
            AtomicIntegerArray right = new AtomicIntegerArray(callers.length);
            for (int i = 0; i < callers.length; i++) {
                int caller = i;
                callers[i] = Thread.ofPlatform().start(() -> {
                    for (int repeat = 0; repeat < 500; repeat++) {
                        if (java.util.Arrays.equals(ones(5), visits(threads, 5))) {
                            right.incrementAndGet(caller);
                        }
                    }
                });
            }
            for (int i = 0; i < callers.length; i++) {
                callers[i].join();
                assertEquals(500, right.get(i));
            }
        }
    }

    @Test
    void interruptsOfTheCallerStayPendingAndDoNoHarm() {
        try (Threads threads = new Threads(2)) {
            Thread.currentThread().interrupt();
            for (int repeat = 0; repeat < 50; repeat++) {
                assertArrayEquals(ones(2), visits(threads, 2));
            }
            assertTrue(Thread.interrupted());
        }
    }

    @Test
    void interruptedWorkersGoOn() {
        try (Threads threads = new Threads(2)) {
            for (int repeat = 0; repeat < 50; repeat++) {
                threads.parallel(2, chunk -> {
                    if (chunk == 1) {
                        Thread.currentThread().interrupt();
                    }
                });
                assertArrayEquals(ones(2), visits(threads, 2));
            }
        }
    }

    @Test
    void parkedWorkersWake() {
        try (Threads threads = new Threads(2)) {
            for (int repeat = 0; repeat < 20; repeat++) {
                java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
                assertArrayEquals(ones(2), visits(threads, 2));
            }
        }
    }

    @Test
    void aClosedPoolSaysSo() {
        Threads threads = new Threads(2);
        threads.close();
        assertThrows(ClosedException.class, () -> threads.parallel(2, chunk -> {
        }));
    }

    @Test
    void thePropertyGivesTheSizeAndNonsenseIsNamed() {
        String before = System.getProperty(Threads.PROPERTY);
        try {
            System.setProperty(Threads.PROPERTY, "3");
            try (Threads threads = Threads.configured()) {
                assertEquals(3, threads.size());
            }
            for (String wrong : new String[] {"0", "-1", "two", ""}) {
                System.setProperty(Threads.PROPERTY, wrong);
                assertTrue(assertThrows(InvalidArgumentException.class, Threads::configured).getMessage()
                        .contains("chainrule.threads=" + wrong));
            }
        } finally {
            if (before == null) {
                System.clearProperty(Threads.PROPERTY);
            } else {
                System.setProperty(Threads.PROPERTY, before);
            }
        }
    }
}
