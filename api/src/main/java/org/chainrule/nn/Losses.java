package org.chainrule.nn;

import java.util.List;
import java.util.Optional;
import org.chainrule.InvalidArgumentException;
import org.chainrule.ShapeMismatchException;
import org.chainrule.Tensor;

/**
 * Losses of an input {@code x} against a target {@code y}, element by element and then reduced; the forms without a
 * reduction take the mean. Input and target have one shape: nothing is broadcast, since {@code [N, 1]} against
 * {@code [N]} would compare each with each. All follow PyTorch's functions of these names.
 */
public final class Losses {
    /** PyTorch's bound on the logarithms of a binary cross-entropy. */
    private static final double LEAST_LOG = -100;

    /** PyTorch's bound on {@code x (1 - x)}: 10⁻¹² as a float. */
    private static final double LEAST_SPREAD = 1e-12f;

    private Losses() {}

    /** Mean of {@code (x - y)²}. */
    public static Tensor mse(Tensor x, Tensor y) {
        return mse(x, y, Reduction.MEAN);
    }

    /** {@code (x - y)²}. */
    public static Tensor mse(Tensor x, Tensor y, Reduction reduction) {
        return reduction.of(difference("mse", x, y).square());
    }

    /** Mean of {@code |x - y|}. */
    public static Tensor l1(Tensor x, Tensor y) {
        return l1(x, y, Reduction.MEAN);
    }

    /** {@code |x - y|}, with gradient 0 where both are equal. */
    public static Tensor l1(Tensor x, Tensor y, Reduction reduction) {
        return reduction.of(difference("l1", x, y).abs());
    }

    /** {@link #huber(Tensor, Tensor, double, Reduction)} with {@code delta} 1, mean. */
    public static Tensor huber(Tensor x, Tensor y) {
        return huber(x, y, 1, Reduction.MEAN);
    }

    /** {@code d² / 2} where {@code d = |x - y| < delta}, {@code delta (d - delta / 2)} elsewhere. Huber 1964, "Robust Estimation of a Location Parameter". */
    public static Tensor huber(Tensor x, Tensor y, double delta, Reduction reduction) {
        if (!(delta > 0)) throw new InvalidArgumentException("huber: delta " + delta + " is not positive");
        Tensor d = difference("huber", x, y), a = d.abs();
        return reduction.of(a.lt(delta).where(d.square().times(0.5), a.minus(0.5 * delta).times(delta)));
    }

    /** {@link #smoothL1(Tensor, Tensor, double, Reduction)} with {@code beta} 1, mean. */
    public static Tensor smoothL1(Tensor x, Tensor y) {
        return smoothL1(x, y, 1, Reduction.MEAN);
    }

    /** {@code d² / (2 beta)} where {@code d = |x - y| < beta}, {@code d - beta / 2} elsewhere; {@link #l1} for {@code beta} 0. Girshick 2015, "Fast R-CNN", equation 3. */
    public static Tensor smoothL1(Tensor x, Tensor y, double beta, Reduction reduction) {
        if (!(beta >= 0)) throw new InvalidArgumentException("smoothL1: beta " + beta + " is not at least 0");
        if (beta == 0) return l1(x, y, reduction);
        Tensor d = difference("smoothL1", x, y), a = d.abs();
        return reduction.of(a.lt(beta).where(d.square().times(0.5).over(beta), a.minus(0.5 * beta)));
    }

    /** Mean of {@link CrossEntropy} without weights or smoothing. */
    public static Tensor crossEntropy(Tensor logits, Tensor target) {
        return CrossEntropy.of().apply(logits, target);
    }

    /** Mean of {@link NegativeLogLikelihood} without weights. */
    public static Tensor nll(Tensor logProbabilities, Tensor target) {
        return NegativeLogLikelihood.of().apply(logProbabilities, target);
    }

    /** Mean of {@link #bce(Tensor, Tensor, Optional, Reduction)} without weights. */
    public static Tensor bce(Tensor x, Tensor y) {
        return bce(x, y, Optional.empty(), Reduction.MEAN);
    }

    /**
     * {@code -w (y log x + (1 - y) log(1 - x))} of probabilities {@code x}, the logarithms held above -100 and the
     * denominator {@code x (1 - x)} of the gradient above 10⁻¹². {@link #bceWithLogits} is more precise.
     *
     * @param weight {@code w}, of a shape that broadcasts to the input's
     */
    public static Tensor bce(Tensor x, Tensor y, Optional<Tensor> weight, Reduction reduction) {
        requireSame("bce", x, y);
        Tensor log = x.log().maximum(LEAST_LOG), logNot = x.negate().log1p().maximum(LEAST_LOG);
        Tensor body = y.times(log).plus(y.negate().plus(1).times(logNot)).negate();
        Tensor loss = Tensor.custom("bce", body, (in, _, c) -> {
            Tensor p = in.getFirst(), t = in.getLast();
            Tensor dp = p.minus(t).over(p.negate().plus(1).times(p).maximum(LEAST_SPREAD));
            Tensor dt = p.negate().log1p().maximum(LEAST_LOG).minus(p.log().maximum(LEAST_LOG));
            return List.of(c.times(dp), c.times(dt));
        }, x, y);
        return reduction.of(weight.map(loss::times).orElse(loss));
    }

    /** Mean of {@link #bceWithLogits(Tensor, Tensor, Optional, Optional, Reduction)} without weights. */
    public static Tensor bceWithLogits(Tensor x, Tensor y) {
        return bceWithLogits(x, y, Optional.empty(), Optional.empty(), Reduction.MEAN);
    }

    /**
     * {@code -w (p y log σ(x) + (1 - y) log(1 - σ(x)))} of logits {@code x}, computed as
     * {@code w (p y softplus(-x) + (1 - y) softplus(x))}, in which nothing cancels or overflows.
     *
     * @param weight         {@code w}, of a shape that broadcasts to the input's
     * @param positiveWeight {@code p}, of a shape that broadcasts to the input's: above 1 it favours recall
     */
    public static Tensor bceWithLogits(Tensor x, Tensor y, Optional<Tensor> weight, Optional<Tensor> positiveWeight,
            Reduction reduction) {
        requireSame("bceWithLogits", x, y);
        Tensor positive = positiveWeight.map(y::times).orElse(y);
        Tensor loss = positive.times(x.logSigmoid()).plus(y.negate().plus(1).times(x.negate().logSigmoid())).negate();
        return reduction.of(weight.map(loss::times).orElse(loss));
    }

    /** {@code y (log y - x)}, 0 where {@code y} is 0: the divergence of probabilities {@code y} from those whose logarithms are {@code x}. Kullback and Leibler 1951. */
    public static Tensor klDiv(Tensor x, Tensor y, Reduction reduction) {
        requireSame("klDiv", x, y);
        return reduction.of(y.times(y.eq(0).where(1, y).log()).minus(y.times(x)));
    }

    /** {@code exp(y) (y - x)}: {@link #klDiv} where {@code y} is logarithms too. */
    public static Tensor klDivOfLogs(Tensor x, Tensor y, Reduction reduction) {
        return reduction.of(y.exp().times(difference("klDivOfLogs", x, y).negate()));
    }

    private static Tensor difference(String name, Tensor x, Tensor y) {
        requireSame(name, x, y);
        return x.minus(y);
    }

    private static void requireSame(String name, Tensor x, Tensor y) {
        if (!x.shape().equals(y.shape())) throw new ShapeMismatchException(
                name + ": input " + x.shape() + " and target " + y.shape() + " differ; reshape or expand one");
    }
}
