package org.chainrule.optim;

import java.util.List;
import java.util.Set;
import org.chainrule.Tensor;
import org.chainrule.nn.Parameter;

/**
 * {@link Adam} with decoupled weight decay: Loshchilov and Hutter 2017, "Decoupled Weight Decay Regularization",
 * algorithm 2, in the form of PyTorch, where the decay is scaled by the learning rate:
 *
 * <pre>
 * p ← p (1 - rate · weightDecay)
 * p ← p - rate / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε)
 * </pre>
 *
 * The learning rate is 0.001 and the weight decay 0.01 unless set.
 */
public final class AdamW extends Optimizer<AdamW> {
    private final Moments moments = new Moments();
    private double weightDecay = 0.01;

    private AdamW(List<Parameter> parameters) {
        super(parameters, 0.001);
    }

    public static AdamW of(List<Parameter> parameters) {
        return new AdamW(parameters);
    }

    /** How much of each average is kept at a step, within [0, 1); 0.9 and 0.999 by default. */
    public AdamW betas(double first, double second) {
        moments.betas(first, second);
        return this;
    }

    /** Keeps the denominator from 0; 10⁻⁸ by default. */
    public AdamW eps(double value) {
        moments.eps(value);
        return this;
    }

    /** Uses the greatest {@code v} so far: Reddi, Kale and Kumar 2018, "On the Convergence of Adam and Beyond", algorithm 2. */
    public AdamW amsgrad() {
        moments.amsgrad();
        return this;
    }

    /** How much of each parameter goes at a step, times the learning rate; 0.01 by default. */
    public AdamW weightDecay(double value) {
        weightDecay = notNegative("weight decay", value);
        return this;
    }

    @Override
    Tensor step(Update u) {
        if (weightDecay == 0) return moments.step(u, u.value(), u.gradient());
        Tensor kept = u.scalar("kept", t -> 1 - rate().applyAsDouble(t) * weightDecay);
        return moments.step(u, u.value().times(kept), u.gradient());
    }

    @Override
    Set<String> slots() {
        return moments.slots();
    }
}
