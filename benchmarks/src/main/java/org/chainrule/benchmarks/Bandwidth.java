package org.chainrule.benchmarks;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What memory gives: the ceiling of everything that is bound by it. Bytes are counted as STREAM counts them (McCalpin 1995): those read and
 * those written.
 *
 * @param copy  GB/s of {@code b = a}, by the C library, which goes past the caches where it can
 * @param triad GB/s of {@code c = a + s b}, in Java
 */
record Bandwidth(double copy, double triad) {
    /** Far more than the caches hold, for each thread. */
    private static final int LENGTH = 1 << 24;
    private static final int TRIES = 10;

    static Bandwidth measure(int threads) {
        double copy = 0, triad = 0;
        try (Arena arena = Arena.ofShared(); ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Share> shares = new ArrayList<>();
            for (int t = 0; t < threads; t++) shares.add(new Share(arena));
            for (int i = 0; i < TRIES; i++) {
                copy = Math.max(copy, rate(pool, shares, 2, Share::copy));
                triad = Math.max(triad, rate(pool, shares, 3, Share::triad));
            }
        }
        return new Bandwidth(copy, triad);
    }

    /** The greater of each. */
    Bandwidth atLeast(Bandwidth other) {
        return new Bandwidth(Math.max(copy, other.copy), Math.max(triad, other.triad));
    }

    private interface Work {
        void of(Share share);
    }

    private static double rate(ExecutorService pool, List<Share> shares, int arrays, Work work) {
        long start = System.nanoTime();
        List<Future<?>> all = new ArrayList<>();
        for (Share s : shares) all.add(pool.submit(() -> work.of(s)));
        try {
            for (Future<?> f : all) f.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException("memory could not be measured", e);
        }
        return (double) arrays * Float.BYTES * LENGTH * shares.size() / (System.nanoTime() - start);
    }

    /** What one thread reads and writes. */
    private static final class Share {
        private static final Linker LINKER = Linker.nativeLinker();
        private static final MethodHandle MEMCPY = LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("memcpy"),
                FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                        ValueLayout.JAVA_LONG));
        private final MemorySegment from, to;
        private final float[] a = new float[LENGTH], b = new float[LENGTH], c = new float[LENGTH];

        Share(Arena arena) {
            from = arena.allocate(Float.BYTES * (long) LENGTH, 64).fill((byte) 1);
            to = arena.allocate(Float.BYTES * (long) LENGTH, 64).fill((byte) 1);
        }

        void copy() {
            try {
                MemorySegment _ = (MemorySegment) MEMCPY.invokeExact(to, from, from.byteSize());
            } catch (Throwable e) {
                throw new IllegalStateException("memcpy could not be called", e);
            }
        }

        void triad() {
            for (int i = 0; i < LENGTH; i++) c[i] = a[i] + 0.5f * b[i];
        }
    }
}
