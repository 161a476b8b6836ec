package org.chainrule.optim;

import java.util.Map;
import org.chainrule.InvalidArgumentException;

/**
 * The learning rate as a function of the number of steps taken before, {@code t = 0, 1, …}, and of the optimizer's
 * {@link Optimizer#learningRate() base rate}. For a rate that changes once per epoch, count epochs: {@link #every}.
 */
@FunctionalInterface
public interface Schedule {
    double rate(long t, double base);

    /** What is to be kept in a checkpoint; empty for functions of the step alone. */
    default Map<String, Double> state() {
        return Map.of();
    }

    /** Takes back what {@link #state()} told. @throws InvalidArgumentException for the state of another schedule */
    default void restore(Map<String, Double> state) {}

    /** This schedule with one step for every {@code steps} of the optimizer: a schedule over epochs. */
    default Schedule every(long steps) {
        if (steps < 1) throw new InvalidArgumentException("every: " + steps + " steps; at least 1");
        Schedule inner = this;
        return new Schedule() {
            @Override
            public double rate(long t, double base) {
                return inner.rate(t / steps, base);
            }

            @Override
            public Map<String, Double> state() {
                return inner.state();
            }

            @Override
            public void restore(Map<String, Double> state) {
                inner.restore(state);
            }
        };
    }

    /** {@code base}. */
    static Schedule constant() {
        return (_, base) -> base;
    }

    /** {@code base · gamma^⌊t / size⌋}. */
    static Schedule step(long size, double gamma) {
        if (size < 1) throw new InvalidArgumentException("step: size " + size + " is not at least 1");
        return (t, base) -> base * Math.pow(gamma, (double) Math.floorDiv(t, size));
    }

    /** {@code base · gamma^t}. */
    static Schedule exponential(double gamma) {
        return (t, base) -> base * Math.pow(gamma, (double) t);
    }

    /**
     * {@code least + (base - least)(1 + cos(π t / period)) / 2}, which falls to {@code least} at {@code t = period} and
     * rises again. Loshchilov and Hutter 2016, "SGDR", equation 5, without restarts.
     */
    static Schedule cosine(long period, double least) {
        if (period < 1) throw new InvalidArgumentException("cosine: period " + period + " is not at least 1");
        return (t, base) -> least + (base - least) * (1 + Math.cos(Math.PI * t / period)) / 2;
    }

    /** {@code base (t + 1) / steps} for the first {@code steps} steps, {@code base} afterwards. */
    static Schedule linearWarmup(long steps) {
        return (t, base) -> t < steps ? base * (t + 1) / steps : base;
    }

    /**
     * {@code base (t + 1) / warmup} for the first {@code warmup} steps, then a cosine from {@code base} to
     * {@code floor · base} at {@code t = total}, where it stays:
     * {@code floor · base + (1 - floor) base (1 + cos(π (t - warmup) / (total - warmup))) / 2}.
     */
    static Schedule warmupCosine(long warmup, long total, double floor) {
        if (warmup < 0 || total <= warmup)
            throw new InvalidArgumentException("warmupCosine: " + warmup + " steps of warm-up out of " + total);
        return (t, base) -> t < warmup
                ? base * (t + 1) / warmup
                : floor * base + (1 - floor) * base
                        * (1 + Math.cos(Math.PI * Math.min(t - warmup, total - warmup) / (total - warmup))) / 2;
    }

    /** {@link #oneCycle(long, double, double, double)} with 0.3, 25 and 10⁴. */
    static Schedule oneCycle(long total) {
        return oneCycle(total, 0.3, 25, 1e4);
    }

    /**
     * A cosine from {@code base / div} up to {@code base} over the first {@code risePart · total - 1} steps, then one
     * down to {@code base / (div · finalDiv)} at {@code t = total - 1}, where it stays. Smith and Topin 2017,
     * "Super-Convergence", in the two phases of PyTorch's OneCycleLR.
     */
    static Schedule oneCycle(long total, double risePart, double div, double finalDiv) {
        double top = risePart * total - 1, end = total - 1.0;
        if (total < 2 || !(top > 0 && top < end)) throw new InvalidArgumentException(
                "oneCycle: " + total + " steps of which the part " + risePart + " rises leave no room for both phases");
        return (t, base) -> {
            double first = base / div, last = first / finalDiv, at = Math.min((double) t, end);
            return at <= top ? anneal(first, base, at / top) : anneal(base, last, (at - top) / (end - top));
        };
    }

    private static double anneal(double from, double to, double part) {
        return to + (from - to) / 2 * (1 + Math.cos(Math.PI * part));
    }
}
