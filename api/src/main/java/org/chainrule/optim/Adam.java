package org.chainrule.optim;

import java.util.List;
import java.util.Set;
import org.chainrule.Tensor;
import org.chainrule.nn.Parameter;

/**
 * Kingma and Ba 2014, "Adam: A Method for Stochastic Optimization", algorithm 1:
 *
 * <pre>
 * g ← g + weightDecay · p
 * m ← β₁ m + (1 - β₁) g
 * v ← β₂ v + (1 - β₂) g²
 * p ← p - rate / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε)
 * </pre>
 *
 * The corrections are computed in double precision on the host. The learning rate is 0.001 unless set.
 */
public final class Adam extends Optimizer<Adam> {
    private final Moments moments = new Moments();
    private double weightDecay;

    private Adam(List<Parameter> parameters) {
        super(parameters, 0.001);
    }

    public static Adam of(List<Parameter> parameters) {
        return new Adam(parameters);
    }

    /** How much of each average is kept at a step, within [0, 1); 0.9 and 0.999 by default. */
    public Adam betas(double first, double second) {
        moments.betas(first, second);
        return this;
    }

    /** Keeps the denominator from 0; 10⁻⁸ by default. */
    public Adam eps(double value) {
        moments.eps(value);
        return this;
    }

    /** Uses the greatest {@code v} so far: Reddi, Kale and Kumar 2018, "On the Convergence of Adam and Beyond", algorithm 2. */
    public Adam amsgrad() {
        moments.amsgrad();
        return this;
    }

    /** Adds {@code value · p} to the clipped gradient; 0 by default. {@link AdamW} decouples it. */
    public Adam weightDecay(double value) {
        weightDecay = notNegative("weight decay", value);
        return this;
    }

    @Override
    Tensor step(Update u) {
        return moments.step(u, u.value(), u.decayed(weightDecay));
    }

    @Override
    Set<String> slots() {
        return moments.slots();
    }
}
