package org.chainrule.optim;

import java.util.List;
import java.util.Set;
import org.chainrule.Tensor;
import org.chainrule.nn.Parameter;

/**
 * Duchi, Hazan and Singer 2011, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization", with a
 * diagonal matrix:
 *
 * <pre>
 * g ← g + weightDecay · p
 * s ← s + g²
 * p ← p - rate / (1 + t · rateDecay) · g / (√s + ε)      t = 0 at the first step
 * </pre>
 *
 * The learning rate is 0.01 unless set.
 */
public final class Adagrad extends Optimizer<Adagrad> {
    private static final String SUM = "sum";
    private double rateDecay, initialAccumulator, eps = 1e-10, weightDecay;

    private Adagrad(List<Parameter> parameters) {
        super(parameters, 0.01);
    }

    public static Adagrad of(List<Parameter> parameters) {
        return new Adagrad(parameters);
    }

    /** How fast the rate falls with the number of steps; 0 by default. */
    public Adagrad rateDecay(double value) {
        rateDecay = notNegative("rate decay", value);
        return this;
    }

    /** {@code s} before the first step; 0 by default. */
    public Adagrad initialAccumulator(double value) {
        initialAccumulator = notNegative("initial accumulator", value);
        return this;
    }

    /** Keeps the denominator from 0; 10⁻¹⁰ by default. */
    public Adagrad eps(double value) {
        eps = notNegative("eps", value);
        return this;
    }

    /** Adds {@code value · p} to the clipped gradient; 0 by default. */
    public Adagrad weightDecay(double value) {
        weightDecay = notNegative("weight decay", value);
        return this;
    }

    @Override
    Tensor step(Update u) {
        Tensor g = u.decayed(weightDecay), sum = u.slot(SUM, initialAccumulator);
        Tensor s = u.keep(sum, sum.plus(Update.squares(g)));
        Tensor size = u.scalar("size", t -> rate().applyAsDouble(t) / (1 + t * rateDecay));
        return u.value().minus(g.over(s.sqrt().plus(eps)).times(size));
    }

    @Override
    Set<String> slots() {
        return Set.of(SUM);
    }
}
