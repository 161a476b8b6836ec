package org.chainrule.optim;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.chainrule.Tensor;
import org.chainrule.nn.Parameter;

/**
 * Tieleman and Hinton 2012, "Neural Networks for Machine Learning", lecture 6.5; centred: Graves 2013, "Generating
 * Sequences With Recurrent Neural Networks", equations 38 to 45:
 *
 * <pre>
 * g ← g + weightDecay · p
 * s ← α s + (1 - α) g²
 * a ← α a + (1 - α) g                 centred only
 * d = g / (√(s - a²) + ε)
 * b ← momentum · b + d                with momentum only; d takes its place otherwise
 * p ← p - rate · b
 * </pre>
 *
 * The learning rate is 0.01 unless set.
 */
public final class RmsProp extends Optimizer<RmsProp> {
    private static final String SQUARE = "square_average", MEAN = "gradient_average", MOMENTUM = "momentum";
    private double alpha = 0.99, eps = 1e-8, momentum, weightDecay;
    private boolean centred;

    private RmsProp(List<Parameter> parameters) {
        super(parameters, 0.01);
    }

    public static RmsProp of(List<Parameter> parameters) {
        return new RmsProp(parameters);
    }

    /** How much of the average is kept at a step, within [0, 1); 0.99 by default. */
    public RmsProp alpha(double value) {
        alpha = fraction("alpha", value);
        return this;
    }

    /** Keeps the denominator from 0; 10⁻⁸ by default. */
    public RmsProp eps(double value) {
        eps = notNegative("eps", value);
        return this;
    }

    /** How much of the last step is kept; 0 by default. */
    public RmsProp momentum(double value) {
        momentum = notNegative("momentum", value);
        return this;
    }

    /** Divides by the deviation of the gradient instead of its root mean square. */
    public RmsProp centered() {
        centred = true;
        return this;
    }

    /** Adds {@code value · p} to the clipped gradient; 0 by default. */
    public RmsProp weightDecay(double value) {
        weightDecay = notNegative("weight decay", value);
        return this;
    }

    @Override
    Tensor step(Update u) {
        Tensor g = u.decayed(weightDecay);
        Tensor s = u.average(u.slot(SQUARE, 0), alpha, Update.squares(g));
        Tensor variance = centred ? s.minus(u.average(u.slot(MEAN, 0), alpha, g).square()).maximum(0) : s;
        Tensor d = g.over(variance.sqrt().plus(eps));
        if (momentum > 0) {
            Tensor b = u.slot(MOMENTUM, 0);
            d = u.keep(b, b.times(momentum).plus(d));
        }
        return u.value().minus(d.times(u.rate()));
    }

    @Override
    Set<String> slots() {
        Set<String> all = new LinkedHashSet<>(Set.of(SQUARE));
        if (centred) all.add(MEAN);
        if (momentum > 0) all.add(MOMENTUM);
        return all;
    }
}
