package org.chainrule.optim;

import java.util.List;
import java.util.Set;
import org.chainrule.Tensor;
import org.chainrule.nn.Parameter;

/**
 * Zeiler 2012, "ADADELTA: An Adaptive Learning Rate Method", algorithm 1, with a learning rate as PyTorch has it:
 *
 * <pre>
 * g ← g + weightDecay · p
 * s ← ρ s + (1 - ρ) g²
 * d = √(a + ε) / √(s + ε) · g
 * a ← ρ a + (1 - ρ) d²
 * p ← p - rate · d
 * </pre>
 *
 * The learning rate is 1 unless set.
 */
public final class Adadelta extends Optimizer<Adadelta> {
    private static final String SQUARE = "square_average", STEPS = "step_average";
    private double rho = 0.9, eps = 1e-6, weightDecay;

    private Adadelta(List<Parameter> parameters) {
        super(parameters, 1);
    }

    public static Adadelta of(List<Parameter> parameters) {
        return new Adadelta(parameters);
    }

    /** How much of each average is kept at a step, within [0, 1); 0.9 by default. */
    public Adadelta rho(double value) {
        rho = fraction("rho", value);
        return this;
    }

    /** Keeps the first steps from 0; 10⁻⁶ by default. */
    public Adadelta eps(double value) {
        eps = notNegative("eps", value);
        return this;
    }

    /** Adds {@code value · p} to the clipped gradient; 0 by default. */
    public Adadelta weightDecay(double value) {
        weightDecay = notNegative("weight decay", value);
        return this;
    }

    @Override
    Tensor step(Update u) {
        Tensor g = u.decayed(weightDecay), average = u.slot(STEPS, 0);
        Tensor s = u.average(u.slot(SQUARE, 0), rho, Update.squares(g));
        Tensor d = average.plus(eps).sqrt().over(s.plus(eps).sqrt()).times(g);
        u.average(average, rho, Update.squares(d));
        return u.value().minus(d.times(u.rate()));
    }

    @Override
    Set<String> slots() {
        return Set.of(SQUARE, STEPS);
    }
}
