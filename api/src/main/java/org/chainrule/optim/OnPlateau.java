package org.chainrule.optim;

import java.util.Map;
import java.util.Optional;
import org.chainrule.InvalidArgumentException;

/**
 * Multiplies the rate by a factor each time that a metric, which is to fall, has not improved for more than
 * {@code patience} reports: PyTorch's ReduceLROnPlateau with its relative threshold of 10⁻⁴.
 */
public final class OnPlateau implements Schedule {
    private static final double THRESHOLD = 1e-4;
    private final double factor, least;
    private final int patience;
    private double best = Double.POSITIVE_INFINITY, scale = 1;
    private int waited;

    private OnPlateau(double factor, int patience, double least) {
        if (!(factor > 0 && factor < 1) || patience < 0) throw new InvalidArgumentException(
                "onPlateau: factor " + factor + " is not within (0, 1), or patience " + patience + " is negative");
        this.factor = factor;
        this.patience = patience;
        this.least = Optimizer.notNegative("least rate", least);
    }

    /** The rate never falls below {@code least}. */
    public static OnPlateau of(double factor, int patience, double least) {
        return new OnPlateau(factor, patience, least);
    }

    /** A factor of 0.1 after 10 reports without improvement. */
    public static OnPlateau of() {
        return of(0.1, 10, 0);
    }

    /** Tells the metric, typically the validation loss after an epoch; NaN is no improvement. */
    public void report(double metric) {
        if (metric < best * (1 - THRESHOLD) || best == Double.POSITIVE_INFINITY && metric < best) {
            best = metric;
            waited = 0;
        } else if (++waited > patience) {
            scale *= factor;
            waited = 0;
        }
    }

    /** {@code max(base · factor^reductions, least)}. */
    @Override
    public double rate(long t, double base) {
        return Math.max(base * scale, least);
    }

    @Override
    public Map<String, Double> state() {
        return Map.of("best", best, "waited", (double) waited, "scale", scale);
    }

    @Override
    public void restore(Map<String, Double> state) {
        double b = entry(state, "best"), w = entry(state, "waited"), s = entry(state, "scale");
        best = b;
        waited = (int) w;
        scale = s;
    }

    private double entry(Map<String, Double> state, String name) {
        return Optional.ofNullable(state.get(name)).orElseThrow(() -> new InvalidArgumentException(
                "onPlateau: the state " + state.keySet() + " lacks one of " + state().keySet()));
    }
}
