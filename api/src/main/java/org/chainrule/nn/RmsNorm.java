package org.chainrule.nn;

import org.chainrule.Tensor;

/** {@link Norms#rmsNorm} with a {@code weight}, from 1, of the shape that is normalized: the last axes of the input. */
public final class RmsNorm extends Block<RmsNorm> {
    private final Parameter weight;
    private double eps = 1e-5;

    private RmsNorm(int... dims) {
        weight = parameter("weight", Initializers.ones(), dims);
    }

    /** Over the last axes, of these extents. */
    public static RmsNorm of(int... dims) {
        return new RmsNorm(dims);
    }

    /** Added to the mean square; 10⁻⁵ by default. */
    public RmsNorm eps(double value) {
        eps = value;
        return this;
    }

    @Override
    public Tensor apply(Tensor x) {
        return Norms.rmsNorm(x, weight.value(), eps);
    }
}
