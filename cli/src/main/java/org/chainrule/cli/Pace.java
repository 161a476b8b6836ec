package org.chainrule.cli;

/**
 * Work per second, smoothed: each measurement counts with weight 1 − exp(−Δt / τ), τ = {@value #SECONDS} s, so that the
 * estimate follows a change within seconds and does not jump with every batch.
 */
final class Pace {
    private static final double SECONDS = 4;

    private double rate;

    /** Counts {@code work} done in {@code seconds}. */
    void add(double work, double seconds) {
        if (seconds > 0) {
            double weight = rate == 0 ? 1 : 1 - Math.exp(-seconds / SECONDS);
            rate += weight * (work / seconds - rate);
        }
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
