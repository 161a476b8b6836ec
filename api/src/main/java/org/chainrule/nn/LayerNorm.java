package org.chainrule.nn;

import org.chainrule.Tensor;

/**
 * {@link Norms#layerNorm} with a {@code weight}, from 1, and a {@code bias}, from 0, of the shape that is normalized:
 * the last axes of the input.
 */
public final class LayerNorm extends Block<LayerNorm> {
    private final Parameter weight, bias;
    private double eps = 1e-5;

    private LayerNorm(int... dims) {
        weight = parameter("weight", Initializers.ones(), dims);
        bias = parameter("bias", Initializers.zeros(), dims);
    }

    /** Over the last axes, of these extents. */
    public static LayerNorm of(int... dims) {
        return new LayerNorm(dims);
    }

    /** Added to the variance; 10⁻⁵ by default. */
    public LayerNorm eps(double value) {
        eps = value;
        return this;
    }

    @Override
    public Tensor apply(Tensor x) {
        return Norms.layerNorm(x, weight.value(), bias.value(), eps);
    }
}
