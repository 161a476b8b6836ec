package org.chainrule.cpu;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongFunction;

/**
 * Vector tiles behind scalar ones: until the just-in-time compiler has them, a vector kernel runs a thousand times slower. Once products of {@value #ENOUGH} multiply-adds were asked for, a
 * daemon thread runs small products until the vector tiles win; until then requests get scalar tiles. Since
 * all tiles give the same bits, nobody can tell but by the clock.
 */
final class TilesOnceWarm implements LongFunction<Tiles> {
    /** What takes scalar tiles a tenth of a second, so that the shortest trainings are spared warming up. */
    private static final long ENOUGH = 1L << 28;
    /** After a defeat the core is left to the training and to the compiler. */
    private static final long REST_NANOS = 20_000_000L;
    /** After so many defeats rests double: the vector tiles are slow for good, or the machine so busy that nothing gets compiled. */
    private static final int DEFEATS = 200;
    private static final long LONGEST_REST_NANOS = 20_000_000_000L;
    private static final int WINS = 5;
    private static final int SIDE = 96;
    private static final int CALLS = 2000;
    private static final int DEPTH = 8;

    private final Tiles vector;
    private volatile Tiles chosen = new ScalarTiles();
    private volatile boolean started;
    private long handled;

    TilesOnceWarm(Tiles vector) {
        this.vector = vector;
    }

    /** Tiles for a product of {@code work} multiply-adds. Threads may lose each other's counts; that only delays the switch. */
    @Override
    public Tiles apply(long work) {
        if (!started && (handled += work) >= ENOUGH) {
            start();
        }
        return chosen;
    }

    private synchronized void start() {
        if (!started) {
            started = true;
            Thread thread = new Thread(this::warm, "chainrule-cpu-warm-up");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void warm() {
        countCalls();
        Tiles scalar = chosen;
        float[] a = new float[SIDE * SIDE], b = new float[SIDE * SIDE], c = new float[SIDE * SIDE];
        try (Threads alone = new Threads(1)) {
            Gemm fast = new Gemm(Lanes.scalar(), _ -> vector), slow = new Gemm(Lanes.scalar(), _ -> scalar);
            long rest = REST_NANOS;
            for (int wins = 0, defeats = 0; wins < WINS;) {
                wins = time(fast, a, b, c, alone) * 2 < time(slow, a, b, c, alone) ? wins + 1 : 0;
                if (wins == 0) {
                    LockSupport.parkNanos(rest);
                    if (++defeats > DEFEATS) rest = Math.min(2 * rest, LONGEST_REST_NANOS);
                }
            }
            chosen = vector;
        }
    }

    /** Calls every kernel on little data, as often as the compiler wants before it compiles. */
    private void countCalls() {
        int width = vector.width(), kk = 16 + 3, panelStride = kk * width + 16;
        float[] panels = new float[5 * panelStride + Tiles.SLACK], other = new float[panels.length],
                c = new float[16 * width];
        for (int call = 0; call < CALLS; call++) {
            for (int height : vector.heights()) {
                vector.multiply(height, DEPTH, panels, 0, panels, 0, c, 0, width, false);
                vector.multiply(height, DEPTH, panels, 0, panels, 0, c, 0, width, true);
                vector.packRows(height, other, 0, kk, 1, height, kk, panels, 0);
                vector.packRows(height, other, 0, 1, height, height, kk, panels, 0);
            }
            vector.packColumns(other, 0, 5 * width, 1, 5 * width, kk, panels, 0, panelStride);
            vector.packColumns(other, 0, 1, kk, width, kk, panels, 0, panelStride);
            vector.axpy8(other, 0, other, 0, width, c, 0, 2 * width + 3);
        }
    }

    /** Products with every layout, with and without edges. */
    private static long time(Gemm gemm, float[] a, float[] b, float[] c, Threads alone) {
        long start = System.nanoTime();
        for (int side : new int[] {SIDE, SIDE - 4}) {
            gemm.multiply(side, side, side, a, 0, side, 1, b, 0, side, 1, c, 0, side, Epilogue.NONE, alone);
            gemm.multiply(side, side, side, a, 0, 1, side, b, 0, side, 1, c, 0, side, Epilogue.NONE, alone);
            gemm.multiply(side, side, side, a, 0, side, 1, b, 0, 1, side, c, 0, side, Epilogue.NONE, alone);
        }
        return System.nanoTime() - start;
    }
}
