package org.chainrule.nn;

import org.chainrule.Axes;
import org.chainrule.InvalidArgumentException;
import org.chainrule.Shape;
import org.chainrule.ShapeMismatchException;
import org.chainrule.Tensor;

/** Normalizations as functions. Variances are the population's; {@code eps} keeps the root from 0. */
public final class Norms {
    private Norms() {}

    /**
     * {@code (x - mean) / √(variance + eps)} over the last axes, whose extents are {@code over}. Ba, Kiros and Hinton
     * 2016, "Layer Normalization".
     *
     * @throws ShapeMismatchException where {@code x} does not end in {@code over}
     */
    public static Tensor layerNorm(Tensor x, Shape over, double eps) {
        return rows("layerNorm", x, over).normalize(eps).reshape(x.shape());
    }

    /** {@link #layerNorm(Tensor, Shape, double)} over the shape of {@code weight}, times {@code weight}, plus {@code bias}. */
    public static Tensor layerNorm(Tensor x, Tensor weight, Tensor bias, double eps) {
        return layerNorm(x, weight.shape(), eps).times(weight).plus(bias);
    }

    /**
     * {@code x / √(mean(x²) + eps)} over the last axes, whose extents are {@code over}. Zhang and Sennrich 2019, "Root
     * Mean Square Layer Normalization", equation 4.
     *
     * @throws ShapeMismatchException where {@code x} does not end in {@code over}
     */
    public static Tensor rmsNorm(Tensor x, Shape over, double eps) {
        Tensor r = rows("rmsNorm", x, over);
        return r.times(r.square().mean(Axes.of(-1).keep()).plus(eps).rsqrt()).reshape(x.shape());
    }

    /** {@link #rmsNorm(Tensor, Shape, double)} over the shape of {@code weight}, times {@code weight}. */
    public static Tensor rmsNorm(Tensor x, Tensor weight, double eps) {
        return rmsNorm(x, weight.shape(), eps).times(weight);
    }

    private static Tensor rows(String name, Tensor x, Shape over) {
        int first = x.shape().rank() - over.rank();
        boolean fits = over.rank() > 0 && first >= 0;
        for (int i = 0; fits && i < over.rank(); i++) fits = x.shape().dim(first + i) == over.dim(i);
        if (!fits) throw new ShapeMismatchException(name + ": input " + x.shape() + " does not end in " + over);
        return over.rank() == 1 ? x : x.flatten(first, -1);
    }

    /**
     * Each channel's mean and variance over the batch and all places: {@code [N, C, …] → [C]}.
     *
     * @param count how many elements each is taken over
     */
    public record Statistics(Tensor mean, Tensor variance, long count) {
        /** Those of {@code x}. @throws ShapeMismatchException for fewer than two axes */
        public static Statistics of(Tensor x) {
            requireChannels("batchNorm", x);
            int[] axes = new int[x.shape().rank() - 1];
            for (int i = 1; i < axes.length; i++) axes[i] = i + 1;
            long count = 1;
            for (int a : axes) count *= x.shape().dim(a);
            Tensor mean = x.mean(Axes.of(axes).keep());
            return new Statistics(mean.flatten(), x.minus(mean).square().mean(Axes.of(axes)), count);
        }

        /** The variance with {@code count - 1} in its denominator. */
        public Tensor sampleVariance() {
            return variance.times(count / (count - 1.0));
        }
    }

    /**
     * {@code (x - mean) / √(variance + eps)} for each channel of {@code [N, C, …]}; mean and variance are {@code [C]}:
     * {@link Statistics#of} in training, running ones in evaluation. Ioffe and Szegedy 2015, "Batch Normalization",
     * algorithm 1.
     */
    public static Tensor batchNorm(Tensor x, Tensor mean, Tensor variance, double eps) {
        requireChannels("batchNorm", x);
        return x.minus(channels("mean", mean, x)).times(channels("variance", variance, x).plus(eps).rsqrt());
    }

    /** {@link #batchNorm(Tensor, Tensor, Tensor, double)}, times {@code weight} {@code [C]}, plus {@code bias} {@code [C]}. */
    public static Tensor batchNorm(Tensor x, Tensor mean, Tensor variance, Tensor weight, Tensor bias, double eps) {
        return batchNorm(x, mean, variance, eps).times(channels("weight", weight, x)).plus(channels("bias", bias, x));
    }

    /**
     * The channels of {@code [N, C, …]} in {@code groups} groups of equal size, each normalized over its channels and
     * all places. Wu and He 2018, "Group Normalization", equation 7.
     *
     * @throws InvalidArgumentException where {@code groups} does not divide the number of channels
     */
    public static Tensor groupNorm(Tensor x, int groups, double eps) {
        requireChannels("groupNorm", x);
        int n = x.shape().dim(0), c = x.shape().dim(1);
        if (groups < 1 || c % groups != 0) throw new InvalidArgumentException(
                "groupNorm: " + c + " channels cannot be put into " + groups + " groups of equal size");
        return x.reshape(Shape.of(n, groups, Math.toIntExact(n == 0 ? 0 : x.shape().size() / n / groups)))
                .normalize(eps).reshape(x.shape());
    }

    /** {@link #groupNorm(Tensor, int, double)}, times {@code weight} {@code [C]}, plus {@code bias} {@code [C]}. */
    public static Tensor groupNorm(Tensor x, int groups, Tensor weight, Tensor bias, double eps) {
        return groupNorm(x, groups, eps).times(channels("weight", weight, x)).plus(channels("bias", bias, x));
    }

    private static void requireChannels(String name, Tensor x) {
        if (x.shape().rank() < 2) throw new ShapeMismatchException(
                name + ": input " + x.shape() + " has no channels: it takes [N, C] or [N, C, …]");
    }

    /** {@code [C]} laid along axis 1 of {@code x}. */
    private static Tensor channels(String what, Tensor t, Tensor x) {
        int c = x.shape().dim(1);
        if (!t.shape().equals(Shape.of(c))) throw new ShapeMismatchException(what + " " + t.shape()
                + " has not one element for each of the " + c + " channels of input " + x.shape());
        int[] d = new int[x.shape().rank() - 1];
        java.util.Arrays.fill(d, 1);
        d[0] = c;
        return t.reshape(Shape.of(d));
    }
}
