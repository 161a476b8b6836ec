package org.chainrule.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * What the machine's cores multiply and add now. A host that runs other guests takes a core away for seconds, and nothing in the guest tells; a
 * window between two sentinels that show the usual rate is one that all cores worked in.
 */
final class Sentinel implements Machine, AutoCloseable {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    /** Chains of dependent multiply-adds, enough to hide their latency. */
    private static final int CHAINS = 10;
    private static final int STEPS = 8_000_000;
    /** The share of the greatest rate below which some core was elsewhere. */
    private static final double WHOLE = 0.85;
    /** Milliseconds in which the threads of the one before go to sleep. */
    private static final int REST = 30;

    private final int threads;
    private final ExecutorService pool;
    private double greatest;

    Sentinel(int threads) {
        this.threads = threads;
        this.pool = Executors.newFixedThreadPool(threads);
        for (int i = 0; i < 20; i++) rate();
    }

    /** The greatest rate seen, in GFLOP/s: the ceiling of everything that is bound by arithmetic. */
    double greatest() {
        return greatest;
    }

    @Override
    public boolean isWhole(double rate) {
        return rate >= WHOLE * greatest;
    }

    @Override
    public void rest() {
        try {
            Thread.sleep(REST);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted between two turns", e);
        }
    }

    @Override
    public double rate() {
        double now = measured();
        greatest = Math.max(greatest, now);
        return now;
    }

    private double measured() {
        long start = System.nanoTime();
        List<Future<Float>> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) all.add(pool.submit(Sentinel::chains));
        float sum = 0;
        try {
            for (Future<Float> f : all) sum += f.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException("the sentinel could not run", e);
        }
        if (Float.isNaN(sum)) throw new IllegalStateException("sums of finite numbers are not a number");
        return 2.0 * CHAINS * STEPS * SPECIES.length() * threads / (System.nanoTime() - start);
    }

    private static float chains() {
        FloatVector x = FloatVector.broadcast(SPECIES, 0.999f), y = FloatVector.broadcast(SPECIES, 0.001f);
        FloatVector a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y;
        for (int n = 0; n < STEPS; n++) {
            a = a.fma(x, y);
            b = b.fma(x, y);
            c = c.fma(x, y);
            d = d.fma(x, y);
            e = e.fma(x, y);
            f = f.fma(x, y);
            g = g.fma(x, y);
            h = h.fma(x, y);
            i = i.fma(x, y);
            j = j.fma(x, y);
        }
        return a.add(b).add(c).add(d).add(e).add(f).add(g).add(h).add(i).add(j).lane(0);
    }

    @Override
    public void close() {
        pool.shutdown();
    }
}
