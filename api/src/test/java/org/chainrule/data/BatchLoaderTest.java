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
import java.util.concurrent.LinkedBlockingQueue;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class BatchLoaderTest {
    private static final Dataset TEN =
            Dataset.of(IntStream.range(0, 10).mapToObj(i -> new float[] {i, -i}).toArray(float[][]::new),
                    IntStream.range(0, 10).toArray());

    /** Samples that do not tell how long copying them takes. */
    private record Untold<B>(Samples<B> samples) implements Samples<B> {
        @Override
        public int size() {
            return samples.size();
        }

        @Override
        public B buffers(int capacity) {
            return samples.buffers(capacity);
        }

        @Override
        public void fill(B buffers, int[] order, int from, int count) {
            samples.fill(buffers, order, from, count);
        }
    }

    /** Filled by the reader, and by a thread. */
    private static List<Samples<Dataset.Buffers>> hereAndAhead() {
        return List.of(TEN, new Untold<>(TEN));
    }

    private static int[] labels(Batch<Dataset.Buffers> batch) {
        return Arrays.copyOf(batch.buffers().labels(), batch.size());
    }

    /** The labels of {@code count} batches. */
    private static List<List<Integer>> run(Samples<Dataset.Buffers> samples, Options options, int count) {
        List<List<Integer>> out = new ArrayList<>();
        try (var loader = BatchLoader.open(samples, options)) {
            for (int i = 0; i < count; i++) {
                out.add(Arrays.stream(labels(loader.next())).boxed().toList());
            }
        }
        return out;
    }

    @ParameterizedTest
    @MethodSource("hereAndAhead")
    void epochFollowsThePermutationOfSeedAndEpoch(Samples<Dataset.Buffers> samples) {
        try (var loader = BatchLoader.open(samples, Options.of(4, 42))) {
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

    @ParameterizedTest
    @MethodSource("hereAndAhead")
    void resumedLoaderContinuesTheSameSequence(Samples<Dataset.Buffers> samples) {
        List<List<Integer>> whole = run(samples, Options.of(4, 7), 9);
        for (int start = 0; start < 9; start++) {
            assertEquals(whole.subList(start, 9),
                    run(samples, Options.of(4, 7).startingAt(start / 3, start % 3), 9 - start));
        }
        assertEquals(whole.subList(3, 9), run(samples, Options.of(4, 7).startingAt(0, 3), 6));
    }

    @Test
    void remainderIsDroppedAndOrderKeptOnDemand() {
        assertEquals(List.of(List.of(0, 1, 2, 3), List.of(4, 5, 6, 7), List.of(0, 1, 2, 3)),
                run(TEN, Options.of(4, 1).order(Order.SEQUENTIAL).remainder(Remainder.DROPPED), 3));
        assertEquals(10, run(TEN, Options.of(64, 1), 1).getFirst().size());
    }

    @ParameterizedTest
    @MethodSource("hereAndAhead")
    void twoSetsOfBuffersTakeTurns(Samples<Dataset.Buffers> samples) {
        try (var loader = BatchLoader.open(samples, Options.of(5, 1))) {
            var first = loader.next().buffers();
            var second = loader.next().buffers();
            assertNotSame(first, second);
            for (int i = 0; i < 50; i++) {
                assertSame(first, loader.next().buffers());
                assertSame(second, loader.next().buffers());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("hereAndAhead")
    void currentBatchIsNotTouchedWhileTheNextIsFilled(Samples<Dataset.Buffers> samples) {
        try (var loader = BatchLoader.open(samples, Options.of(10, 3))) {
            for (int i = 0; i < 2_000; i++) {
                var batch = loader.next();
                assertArrayEquals(Shuffle.permutation(10, 3, i), labels(batch));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("hereAndAhead")
    void closingEndsTheThreadAndFurtherBatches(Samples<Dataset.Buffers> samples) {
        var loader = BatchLoader.open(samples, Options.of(4, 1));
        loader.next();
        loader.close();
        loader.close();
        assertThrows(ClosedException.class, loader::next);
        assertNoThread();
    }

    @Test
    void theReaderFillsWhatIsSmallAndAnotherThreadTheRest() {
        for (long bytes : new long[] {500_000, 500_001}) {
            var filling = new LinkedBlockingQueue<Thread>();
            try (var loader = BatchLoader.open(new Failing(bytes, () -> filling.add(Thread.currentThread())),
                    Options.of(1, 1))) {
                loader.next();
                assertEquals(bytes == 500_000, filling.remove() == Thread.currentThread());
            }
        }
        assertEquals(500 * 4 * (2 + 1), TEN.bytes(500));
        assertEquals(500 * 4 * 2 * 3, new TextWindows(new int[9], 3).bytes(500));
    }

    @Test
    void closingWakesAWaitingReader() throws Exception {
        var filling = new CountDownLatch(1);
        var loader = BatchLoader.open(new Failing(Long.MAX_VALUE, () -> {
            filling.countDown();
            new CountDownLatch(1).await();
        }), Options.of(1, 1));
        filling.await();
        var waiting = CompletableFuture.supplyAsync(() -> assertThrows(ClosedException.class, loader::next));
        loader.close();
        assertTrue(waiting.get().getMessage().contains("closed"));
        assertNoThread();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, Long.MAX_VALUE})
    void failureWhileFillingReachesTheReaderEachTimeAndEndsTheThread(long bytes) {
        var failure = new InvalidArgumentException("broken sample");
        try (var loader = BatchLoader.open(new Failing(bytes, () -> {
            throw failure;
        }), Options.of(1, 1))) {
            assertSame(failure, assertThrows(InvalidArgumentException.class, loader::next));
            assertSame(failure, assertThrows(InvalidArgumentException.class, loader::next));
        }
        assertNoThread();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, Long.MAX_VALUE})
    void failureAfterManyBatchesReachesTheReaderEachTime(long bytes) {
        var failure = new InvalidArgumentException("broken sample");
        var left = new AtomicInteger(20);
        try (var loader = BatchLoader.open(new Failing(bytes, () -> {
            if (left.getAndDecrement() == 0) throw failure;
        }), Options.of(1, 1))) {
            for (int i = 0; i < 20; i++) assertEquals(i, loader.next().epoch());
            assertSame(failure, assertThrows(InvalidArgumentException.class, loader::next));
            assertSame(failure, assertThrows(InvalidArgumentException.class, loader::next));
        }
        assertNoThread();
    }

    @Test
    void interruptedReaderKeepsItsInterruptAndMayGoOn() {
        try (var loader = BatchLoader.open(new Untold<>(TEN), Options.of(4, 1).order(Order.SEQUENTIAL))) {
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

    /** One sample of so many bytes, which is filled by what may fail. */
    private record Failing(long bytes, Action action) implements Samples<int[]> {
        @Override
        public long bytes(int count) {
            return bytes;
        }

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
