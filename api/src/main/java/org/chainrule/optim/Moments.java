package org.chainrule.optim;

import java.util.Set;
import org.chainrule.Tensor;

/** What Adam and AdamW share: the moments, their corrections, and the step made of them. */
final class Moments {
    private static final String FIRST = "first_moment", SECOND = "second_moment", GREATEST = "greatest_second_moment";
    private double beta1 = 0.9, beta2 = 0.999, eps = 1e-8;
    private boolean amsgrad;

    void betas(double first, double second) {
        beta1 = Optimizer.fraction("beta1", first);
        beta2 = Optimizer.fraction("beta2", second);
    }

    void eps(double value) {
        eps = Optimizer.notNegative("eps", value);
    }

    void amsgrad() {
        amsgrad = true;
    }

    /** {@code p - rate / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε)}. */
    Tensor step(Update u, Tensor p, Tensor g) {
        Tensor m = u.average(u.slot(FIRST, 0), beta1, g);
        Tensor v = u.average(u.slot(SECOND, 0), beta2, Update.squares(g));
        if (amsgrad) {
            Tensor greatest = u.slot(GREATEST, 0);
            v = u.keep(greatest, greatest.maximum(v));
        }
        Tensor size = u.scalar("size", t -> u.optimizer().rate().applyAsDouble(t) / (1 - Math.pow(beta1, t + 1.0)));
        Tensor root = u.scalar("root", t -> Math.sqrt(1 - Math.pow(beta2, t + 1.0)));
        return p.minus(m.over(v.sqrt().over(root).plus(eps)).times(size));
    }

    Set<String> slots() {
        return amsgrad ? Set.of(FIRST, SECOND, GREATEST) : Set.of(FIRST, SECOND);
    }
}
