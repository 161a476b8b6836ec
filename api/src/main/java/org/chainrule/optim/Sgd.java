package org.chainrule.optim;

import java.util.List;
import java.util.Set;
import org.chainrule.InvalidArgumentException;
import org.chainrule.Tensor;
import org.chainrule.nn.Parameter;

/**
 * Stochastic gradient descent, with momentum where asked for:
 *
 * <pre>
 * g ← g + weightDecay · p
 * b ← momentum · b + (1 - dampening) g        b = g at the first step
 * p ← p - rate · b                            or, with Nesterov's momentum, p - rate (g + momentum · b)
 * </pre>
 *
 * Sutskever, Martens, Dahl and Hinton 2013, "On the importance of initialization and momentum in deep learning", in
 * PyTorch's form. The learning rate is 0.01 unless set.
 */
public final class Sgd extends Optimizer<Sgd> {
    private static final String MOMENTUM = "momentum";
    private double momentum, dampening, weightDecay;
    private boolean nesterov;

    private Sgd(List<Parameter> parameters) {
        super(parameters, 0.01);
    }

    public static Sgd of(List<Parameter> parameters) {
        return new Sgd(parameters);
    }

    /** How much of the last step is kept, at least 0; 0 by default. */
    public Sgd momentum(double value) {
        momentum = notNegative("momentum", value);
        return this;
    }

    /** How much of a gradient is left out of the momentum; 0 by default. */
    public Sgd dampening(double value) {
        dampening = value;
        return this;
    }

    /** Looks ahead along the momentum: Nesterov 1983. Needs momentum, and no dampening. */
    public Sgd nesterov() {
        nesterov = true;
        return this;
    }

    /** Adds {@code value · p} to the clipped gradient; 0 by default. */
    public Sgd weightDecay(double value) {
        weightDecay = notNegative("weight decay", value);
        return this;
    }

    @Override
    Tensor step(Update u) {
        if (nesterov && (momentum == 0 || dampening != 0))
            throw new InvalidArgumentException("sgd: Nesterov's momentum needs a momentum, which is " + momentum
                    + ", and no dampening, which is " + dampening);
        Tensor g = u.decayed(weightDecay);
        if (momentum == 0) return u.value().minus(g.times(u.rate()));
        Tensor b = u.slot(MOMENTUM, 0);
        Tensor gain = dampening == 0 ? g : g.times(u.scalar("gain", t -> t == 0 ? 1 : 1 - dampening));
        Tensor next = u.keep(b, b.times(momentum).plus(gain));
        Tensor direction = nesterov ? g.plus(next.times(momentum)) : next;
        return u.value().minus(direction.times(u.rate()));
    }

    @Override
    Set<String> slots() {
        return momentum == 0 ? Set.of() : Set.of(MOMENTUM);
    }
}
