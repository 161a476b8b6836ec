package org.chainrule.cpu;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A {@link FusedLoop} behind the passes that it replaces: it is written once its code has handled enough elements, runs on a daemon thread until the
 * just-in-time compiler has made it fast, and is handed out from then on. Both give the same bits, so nobody can tell but by the clock.
 */
final class LoopOnceWarm {
    /** Elements whose passes take about as long as warming up does. */
    private static final int ENOUGH = 1 << 22;
    private static final int LENGTH = 1024;
    private static final int REPEATS = 100;

    private static final Map<LoopCode, LoopOnceWarm> LOOPS = new ConcurrentHashMap<>();

    private final LoopCode code;
    private volatile @Nullable FusedLoop warm;
    private int handled;

    private LoopOnceWarm(LoopCode code) {
        this.code = code;
    }

    /** The loop of a code, one for all programs. */
    static LoopOnceWarm of(LoopCode code) {
        return LOOPS.computeIfAbsent(code, LoopOnceWarm::new);
    }

    /** The loop, for {@code n} more elements; null as long as it is not warm. Threads may lose each other's counts; that only delays it. */
    @Nullable
    FusedLoop at(int n) {
        FusedLoop loop = warm;
        if (loop == null && handled >= 0 && (handled += n) >= ENOUGH) request();
        return loop;
    }

    private synchronized void request() {
        if (handled < 0) return;
        handled = Integer.MIN_VALUE;
        WarmUp.until(Trial::new);
    }

    private final class Trial implements WarmUp.Trial {
        private final FusedLoop loop = LoopClass.define(code);
        private final float[][] arrays = new float[code.arrays()][LENGTH];
        private final int[] at = new int[arrays.length];
        private final Lanes lanes = Lanes.best();

        Trial() {
            for (float[] array : arrays) for (int i = 0; i < LENGTH; i++) array[i] = 1 + i % 7;
        }

        @Override
        public boolean wins() {
            return time(n -> loop.run(arrays, at, n)) <= (2 + code.weight()) * time(this::pass);
        }

        /** What an instruction costs where each has a pass of its own. */
        private void pass(int n) {
            float[] x = arrays[0], y = arrays[arrays.length - 1];
            lanes.add(x, 0, x, 0, y, 0, n);
        }

        @Override
        public void won() {
            warm = loop;
        }
    }

    private static long time(IntConsumer work) {
        long start = System.nanoTime();
        for (int i = 0; i < REPEATS; i++) work.accept(i % 2 == 0 ? LENGTH : LENGTH / 16);
        return System.nanoTime() - start;
    }
}
