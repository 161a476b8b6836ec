package org.chainrule.cpu;

import java.util.Arrays;
import java.util.function.Supplier;

/**
 * Vector tiles behind scalar ones: until the just-in-time compiler has them, a vector kernel runs a thousand times slower. The first request starts a
 * daemon thread that runs small products until the vector tiles win; until then, and for good if they never do, requests get scalar tiles. Since
 * all tiles give the same bits, nobody can tell but by the clock.
 */
final class TilesOnceWarm implements Supplier<Tiles> {
    private static final long GIVE_UP_NANOS = 10_000_000_000L;
    private static final int WINS = 5;
    private static final int SIDE = 100;

    private final Tiles vector;
    private volatile Tiles chosen = new ScalarTiles();
    private volatile boolean started;

    TilesOnceWarm(Tiles vector) {
        this.vector = vector;
    }

    @Override
    public Tiles get() {
        if (!started) {
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
        Tiles scalar = chosen;
        float[] a = new float[SIDE * SIDE * 5], b = new float[SIDE * SIDE * 5], c = new float[SIDE * SIDE];
        Arrays.fill(a, 1f);
        Arrays.fill(b, 1f);
        try (Threads alone = new Threads(1)) {
            Gemm fast = new Gemm(Lanes.scalar(), () -> vector), slow = new Gemm(Lanes.scalar(), () -> scalar);
            long end = System.nanoTime() + GIVE_UP_NANOS;
            for (int wins = 0; wins < WINS && System.nanoTime() - end < 0;) {
                wins = time(fast, a, b, c, alone) * 2 < time(slow, a, b, c, alone) ? wins + 1 : 0;
                if (wins == WINS) {
                    chosen = vector;
                }
            }
        }
    }

    /** Products with every layout, with and without edges, and of one and of two blocks in k. */
    private static long time(Gemm gemm, float[] a, float[] b, float[] c, Threads alone) {
        long start = System.nanoTime();
        for (int side : new int[] {96, 64, SIDE}) {
            gemm.multiply(side, side, side, a, 0, side, 1, b, 0, side, 1, c, 0, side, Epilogue.NONE, alone);
            gemm.multiply(side, side, side, a, 0, 1, side, b, 0, side, 1, c, 0, side, Epilogue.NONE, alone);
            gemm.multiply(side, side, side, a, 0, side, 1, b, 0, 1, side, c, 0, side, Epilogue.NONE, alone);
        }
        gemm.multiply(SIDE, SIDE, 5 * SIDE, a, 0, 5 * SIDE, 1, b, 0, SIDE, 1, c, 0, SIDE, Epilogue.NONE, alone);
        gemm.multiply(1, SIDE, SIDE, a, 0, SIDE, 1, b, 0, SIDE, 1, c, 0, SIDE, Epilogue.NONE, alone);
        return System.nanoTime() - start;
    }
}
