package org.chainrule.cli;

/**
 * Work per second, smoothed: each measurement counts with weight 1 − exp(−Δt / τ), τ = {@value #SECONDS} s, so that the
 * estimate follows a change within seconds and does not jump with every batch. The first {@value #WARM_UP} s tell nothing:
 * kernels and the code of the virtual machine are still being compiled.
 */
final class Pace {
    private static final double SECONDS = 4;
    private static final double WARM_UP = 1.5;

    private double rate;
    private double elapsed;

    /** Counts {@code work} done in {@code seconds}. */
    void add(double work, double seconds) {
        boolean cold = elapsed < WARM_UP;
        elapsed += seconds;
        if (cold || seconds <= 0) return;
        double weight = rate == 0 ? 1 : 1 - Math.exp(-seconds / SECONDS);
        rate += weight * (work / seconds - rate);
    }

    boolean known() {
        return rate > 0;
    }

    double perSecond() {
        return rate;
    }

    double secondsFor(double work) {
        return work / rate;
    }
}
