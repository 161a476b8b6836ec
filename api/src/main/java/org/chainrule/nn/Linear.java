package org.chainrule.nn;

import java.util.Optional;
import org.chainrule.InvalidArgumentException;
import org.chainrule.ShapeMismatchException;
import org.chainrule.Tensor;

/**
 * {@code y = x Wᵀ + b}: {@code [..., in] → [..., out]}. Parameters: {@code weight} {@code [out, in]} and, unless left
 * out, {@code bias} {@code [out]}. Both start uniform on {@code ±1/√in}, as PyTorch's do.
 */
public final class Linear extends Block<Linear> {
    private final Parameter weight;
    private final Optional<Parameter> bias;

    private Linear(int in, int out, Initializer weight, Optional<Initializer> bias) {
        if (in < 1 || out < 1)
            throw new InvalidArgumentException("linear: " + in + " to " + out + " features; both must be at least 1");
        this.weight = parameter("weight", weight, out, in);
        this.bias = bias.map(b -> parameter("bias", b, out));
    }

    private static Initializer standard(int in) {
        double bound = 1 / Math.sqrt(in);
        return Initializers.uniform(-bound, bound);
    }

    /** With bias. */
    public static Linear of(int in, int out) {
        return of(in, out, standard(in), standard(in));
    }

    /** With bias, both starting from the given initializers. */
    public static Linear of(int in, int out, Initializer weight, Initializer bias) {
        return new Linear(in, out, weight, Optional.of(bias));
    }

    /** Without bias. */
    public static Linear withoutBias(int in, int out) {
        return withoutBias(in, out, standard(in));
    }

    /** Without bias, starting from the given initializer. */
    public static Linear withoutBias(int in, int out, Initializer weight) {
        return new Linear(in, out, weight, Optional.empty());
    }

    public Parameter weight() {
        return weight;
    }

    public Optional<Parameter> bias() {
        return bias;
    }

    /** @throws ShapeMismatchException where the last axis of {@code x} has not {@code in} elements */
    @Override
    public Tensor apply(Tensor x) {
        int in = weight.shape().dim(1);
        if (x.shape().rank() == 0 || x.shape().dim(-1) != in) throw new ShapeMismatchException("linear: input "
                + x.shape() + " does not end in the " + in + " features that weight " + weight.shape() + " takes");
        Tensor y = x.matmul(weight.value().t());
        return bias.map(b -> y.plus(b.value())).orElse(y);
    }
}
