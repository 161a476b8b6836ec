package org.chainrule.nn;

import org.chainrule.InvalidArgumentException;
import org.chainrule.ShapeMismatchException;
import org.chainrule.Tensor;

/**
 * {@link Norms#batchNorm} of {@code [N, C]} or {@code [N, C, …]} with a {@code weight}, from 1, and a {@code bias}, from
 * 0, for each channel. In training it normalizes with the statistics of the batch and moves the buffers:
 *
 * <pre>
 * running_mean ← (1 - momentum) running_mean + momentum · mean
 * running_var  ← (1 - momentum) running_var  + momentum · variance · n / (n - 1)
 * </pre>
 *
 * which are written with the optimizer's update, or before the next value is observed; where it is applied several times
 * before that, each application moves on what the one before it left. In evaluation it normalizes with the buffers.
 */
public final class BatchNorm extends Block<BatchNorm> {
    private final Parameter weight, bias, mean, variance;
    private double eps = 1e-5, momentum = 0.1;

    private BatchNorm(int channels) {
        weight = parameter("weight", Initializers.ones(), channels);
        bias = parameter("bias", Initializers.zeros(), channels);
        mean = buffer("running_mean", Initializers.zeros(), channels);
        variance = buffer("running_var", Initializers.ones(), channels);
    }

    public static BatchNorm of(int channels) {
        return new BatchNorm(channels);
    }

    /** Added to the variance; 10⁻⁵ by default. */
    public BatchNorm eps(double value) {
        eps = value;
        return this;
    }

    /** The share of the batch in the running statistics, within [0, 1]; 0.1 by default. */
    public BatchNorm momentum(double value) {
        if (!(value >= 0 && value <= 1))
            throw new InvalidArgumentException("batchNorm: momentum " + value + " is not within [0, 1]");
        momentum = value;
        return this;
    }

    /** @throws ShapeMismatchException where there are no channels or others, or, in training, one element for each only */
    @Override
    public Tensor apply(Tensor x) {
        if (!isTraining()) return Norms.batchNorm(x, mean.value(), variance.value(), weight.value(), bias.value(), eps);
        Norms.Statistics batch = Norms.Statistics.of(x);
        if (batch.count() < 2) throw new ShapeMismatchException("batchNorm: input " + x.shape() + " has "
                + batch.count() + " elements for each channel; training needs at least 2");
        Tensor y = Norms.batchNorm(x, batch.mean(), batch.variance(), weight.value(), bias.value(), eps);
        move(mean, batch.mean());
        move(variance, batch.sampleVariance());
        return y;
    }

    private void move(Parameter running, Tensor to) {
        Tensor r = running.value(), from = r.session().assigned(r).orElse(r);
        r.session().assign(r, from.times(1 - momentum).plus(to.stopGradient().times(momentum)).to(r.dtype()));
    }
}
