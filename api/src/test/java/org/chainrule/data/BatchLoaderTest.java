package org.chainrule.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.chainrule.ClosedException;
import org.chainrule.InvalidArgumentException;
import org.chainrule.Shuffle;
import org.chainrule.data.BatchLoader.Options;
import org.chainrule.data.BatchLoader.Order;
import org.chainrule.data.BatchLoader.Remainder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BatchLoaderTest {
    private static final Dataset TEN =
            Dataset.of(IntStream.range(0, 10).mapToObj(i -> new float[] {i, -i}).toArray(float[][]::new),
                    IntStream.range(0, 10).toArray());

    private static int[] labels(Batch<Dataset.Buffers> batch) {
        return Arrays.copyOf(batch.buffers().labels(), batch.size());
    }

    /** The labels of {@code count} batches. */
    private static List<List<Integer>> run(Options options, int count) {
        List<List<Integer>> out = new ArrayList<>();
        try (var loader = BatchLoader.open(TEN, options)) {
            for (int i = 0; i < count; i++) {
                out.add(Arrays.stream(labels(loader.next())).boxed().toList());
            }
        }
        return out;
    }

    @Test
    void epochFollowsThePermutationOfSeedAndEpoch() {
        try (var loader = BatchLoader.open(TEN, Options.of(4, 42))) {
            assertEquals(3, loader.batchesPerEpoch());
            for (long epoch = 0; epoch < 5; epoch++) {
                int[] order = Shuffle.permutation(10, 42, epoch);
                for (int index = 0; index < 3; index++) {
                    var batch = loader.next();
                    assertEquals(epoch, batch.epoch());
                    assertEquals(index, batch.index());
                    assertEquals(index < 2 ? 4 : 2, batch.size());
                    assertArrayEquals(Arrays.copyOfRange(order, 4 * index, 4 * index + batch.size()), labels(batch));
                    for (int i = 0; i < batch.size(); i++) {
                        assertEquals(batch.buffers().labels()[i], batch.buffers().features()[2 * i]);
                        assertEquals(-batch.buffers().labels()[i], batch.buffers().features()[2 * i + 1]);
                    }
                }
            }
        }
    }

    @Test
    void resumedLoaderContinuesTheSameSequence() {
        List<List<Integer>> whole = run(Options.of(4, 7), 9);
        for (int start = 0; start < 9; start++) {
            assertEquals(whole.subList(start, 9), run(Options.of(4, 7).startingAt(start / 3, start % 3), 9 - start));
        }
        assertEquals(whole.subList(3, 9), run(Options.of(4, 7).startingAt(0, 3), 6));
    }

    @Test
    void remainderIsDroppedAndOrderKeptOnDemand() {
        assertEquals(List.of(List.of(0, 1, 2, 3), List.of(4, 5, 6, 7), List.of(0, 1, 2, 3)),
                run(Options.of(4, 1).order(Order.SEQUENTIAL).remainder(Remainder.DROPPED), 3));
        assertEquals(10, run(Options.of(64, 1), 1).getFirst().size());
    }

    @Test
    void twoSetsOfBuffersTakeTurns() {
        try (var loader = BatchLoader.open(TEN, Options.of(5, 1))) {
            var first = loader.next().buffers();
            var second = loader.next().buffers();
            assertNotSame(first, second);
            for (int i = 0; i < 50; i++) {
                assertSame(first, loader.next().buffers());
                assertSame(second, loader.next().buffers());
            }
        }
    }

    @Test
    void currentBatchIsNotTouchedWhileTheNextIsFilled() {
        try (var loader = BatchLoader.open(TEN, Options.of(10, 3))) {
            for (int i = 0; i < 2_000; i++) {
                var batch = loader.next();
                assertArrayEquals(Shuffle.permutation(10, 3, i), labels(batch));
            }
        }
    }

    @Test
    void closingEndsTheThreadAndFurtherBatches() {
        var loader = BatchLoader.open(TEN, Options.of(4, 1));
        loader.next();
        loader.close();
        loader.close();
        assertThrows(ClosedException.class, loader::next);
        assertNoThread();
    }

    @Test
    void closingWakesAWaitingReader() throws Exception {
        var filling = new CountDownLatch(1);
        var loader = BatchLoader.open(new Failing(() -> {
            filling.countDown();
            new CountDownLatch(1).await();
        }), Options.of(1, 1));
        filling.await();
        var waiting = CompletableFuture.supplyAsync(() -> assertThrows(ClosedException.class, loader::next));
        loader.close();
        assertTrue(waiting.get().getMessage().contains("closed"));
        assertNoThread();
    }

    @Test
    void failureWhileFillingReachesTheReaderEachTimeAndEndsTheThread() {
        var failure = new InvalidArgumentException("broken sample");
        try (var loader = BatchLoader.open(new Failing(() -> {
            throw failure;
        }), Options.of(1, 1))) {
            assertSame(failure, assertThrows(InvalidArgumentException.class, loader::next));
            assertSame(failure, assertThrows(InvalidArgumentException.class, loader::next));
        }
        assertNoThread();
    }

    @Test
    void failureAfterManyBatchesReachesTheReaderEachTime() {
        var failure = new InvalidArgumentException("broken sample");
        var left = new AtomicInteger(20);
        try (var loader = BatchLoader.open(new Failing(() -> {
            if (left.getAndDecrement() == 0) throw failure;
        }), Options.of(1, 1))) {
            for (int i = 0; i < 20; i++) assertEquals(i, loader.next().epoch());
            assertSame(failure, assertThrows(InvalidArgumentException.class, loader::next));
            assertSame(failure, assertThrows(InvalidArgumentException.class, loader::next));
        }
        assertNoThread();
    }

    @Test
    void closingAfterManyBatchesEndsFurtherBatches() {
        var loader = BatchLoader.open(TEN, Options.of(4, 1));
        for (int i = 0; i < 30; i++) loader.next();
        loader.close();
        assertThrows(ClosedException.class, loader::next);
        assertNoThread();
    }

    @Test
    void interruptedReaderKeepsItsInterruptAndMayGoOn() {
        try (var loader = BatchLoader.open(TEN, Options.of(4, 1).order(Order.SEQUENTIAL))) {
            Thread.currentThread().interrupt();
            assertThrows(ClosedException.class, loader::next);
            assertTrue(Thread.interrupted());
            assertArrayEquals(new int[] {0, 1, 2, 3}, labels(loader.next()));
        }
    }

    @Test
    void optionsThatGiveNoBatchAreRefused() {
        assertThrows(InvalidArgumentException.class, () -> Options.of(0, 1));
        assertThrows(InvalidArgumentException.class, () -> Options.of(1, 1).startingAt(-1, 0));
        assertThrows(InvalidArgumentException.class,
                () -> BatchLoader.open(TEN, Options.of(11, 1).remainder(Remainder.DROPPED)));
        assertThrows(InvalidArgumentException.class, () -> BatchLoader.open(TEN.subset(new int[0]), Options.of(1, 1)));
        assertThrows(InvalidArgumentException.class, () -> BatchLoader.open(TEN, Options.of(4, 1).startingAt(0, 4)));
        assertNoThread();
    }

    private static void assertNoThread() {
        assertFalse(Thread.getAllStackTraces().keySet().stream()
                .anyMatch(each -> each.getName().equals("chainrule-batches")));
    }

    private interface Action {
        void run() throws Exception;
    }

    /** One sample that cannot be filled. */
    private record Failing(Action action) implements Samples<int[]> {
        @Override
        public int size() {
            return 1;
        }

        @Override
        public int[] buffers(int capacity) {
            return new int[capacity];
        }

        @Override
        public void fill(int[] buffers, int[] order, int from, int count) {
            try {
                action.run();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
