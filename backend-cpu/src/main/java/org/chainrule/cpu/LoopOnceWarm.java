package org.chainrule.cpu;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A {@link FusedLoop} behind the passes that it replaces: it is written once its code has handled enough elements, runs on a daemon thread until the
 * just-in-time compiler has made it fast, and is handed out from then on. Both give the same bits, so nobody can tell but by the clock.
 */
final class LoopOnceWarm {
    /** Elements whose passes take about as long as warming up does. */
    private static final int ENOUGH = 1 << 22;
    private static final long TURN_NANOS = 20_000_000L;
    private static final long REST_NANOS = 50_000_000L;
    private static final long LONGEST_REST_NANOS = 20_000_000_000L;
    private static final int TURNS = 40;
    private static final int WINS = 4;
    private static final int LENGTH = 1024;
    private static final int REPEATS = 100;

    private static final Map<LoopCode, LoopOnceWarm> LOOPS = new ConcurrentHashMap<>();
    private static final ScheduledThreadPoolExecutor WARM_UP = warmUp();

    private final LoopCode code;
    private volatile @Nullable FusedLoop warm;
    private int handled;

    private LoopOnceWarm(LoopCode code) {
        this.code = code;
    }

    private static ScheduledThreadPoolExecutor warmUp() {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "chainrule-cpu-loops-warm-up");
            thread.setDaemon(true);
            return thread;
        });
        executor.setKeepAliveTime(1, TimeUnit.SECONDS);
        executor.allowCoreThreadTimeOut(true);
        return executor;
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
        WARM_UP.execute(() -> warm(LoopClass.define(code), REST_NANOS, TURNS));
    }

    /** Tries for one turn; loops in need take turns. */
    private void warm(FusedLoop loop, long rest, int turns) {
        float[][] arrays = new float[code.arrays()][LENGTH];
        for (float[] array : arrays) for (int i = 0; i < LENGTH; i++) array[i] = 1 + i % 7;
        int[] at = new int[arrays.length];
        Lanes lanes = Lanes.best();
        int wins = 0;
        for (long end = System.nanoTime() + TURN_NANOS; wins < WINS && System.nanoTime() - end < 0;) {
            long fast = time(loop, arrays, at), pass = time(lanes, arrays);
            wins = fast <= pass * (2 + code.weight()) ? wins + 1 : 0;
        }
        if (wins == WINS) {
            warm = loop;
            return;
        }
        long next = turns > 0 ? rest : Math.min(2 * rest, LONGEST_REST_NANOS);
        Future<?> _ = WARM_UP.schedule(() -> warm(loop, next, Math.max(0, turns - 1)), rest, TimeUnit.NANOSECONDS);
    }

    private static long time(FusedLoop loop, float[][] arrays, int[] at) {
        long start = System.nanoTime();
        for (int i = 0; i < REPEATS; i++) loop.run(arrays, at, i % 2 == 0 ? LENGTH : LENGTH / 16);
        return System.nanoTime() - start;
    }

    private static long time(Lanes lanes, float[][] arrays) {
        float[] x = arrays[0], y = arrays[arrays.length - 1];
        Arrays.fill(y, 1);
        long start = System.nanoTime();
        for (int i = 0; i < REPEATS; i++) lanes.add(x, 0, y, 0, y, 0, i % 2 == 0 ? LENGTH : LENGTH / 16);
        return System.nanoTime() - start;
    }
}
