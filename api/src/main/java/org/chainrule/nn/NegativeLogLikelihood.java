package org.chainrule.nn;

import java.util.Optional;
import java.util.function.BinaryOperator;
import org.chainrule.InvalidArgumentException;
import org.chainrule.Tensor;

/**
 * {@code -w[y] x[y]} of log-probabilities {@code x} {@code [C]}, {@code [N, C]} or {@code [N, C, …]} and class indices
 * {@code y} of that shape without the class axis. The mean is weighted: {@code Σ -w[y] x[y] / Σ w[y]}. Targets equal to
 * the ignored index count for nothing; a mean over none is NaN.
 *
 * @param weight      of each class, {@code [C]}
 * @param ignoreIndex -100 unless set
 */
public record NegativeLogLikelihood(Reduction reduction, Optional<Tensor> weight, long ignoreIndex)
        implements BinaryOperator<Tensor> {
    /** The mean, without weights. */
    public static NegativeLogLikelihood of() {
        return new NegativeLogLikelihood(Reduction.MEAN, Optional.empty(), -100);
    }

    public NegativeLogLikelihood reduction(Reduction value) {
        return new NegativeLogLikelihood(value, weight, ignoreIndex);
    }

    public NegativeLogLikelihood weight(Tensor value) {
        return new NegativeLogLikelihood(reduction, Optional.of(value), ignoreIndex);
    }

    public NegativeLogLikelihood ignoreIndex(long value) {
        return new NegativeLogLikelihood(reduction, weight, value);
    }

    /** @throws org.chainrule.ShapeMismatchException where target or weights do not fit the input */
    @Override
    public Tensor apply(Tensor x, Tensor target) {
        if (!target.dtype().isInteger()) throw new InvalidArgumentException(
                "nll: the target has dtype " + target.dtype() + "; class indices are I64 or I32");
        ClassTargets classes = ClassTargets.of("nll", x, target, ignoreIndex);
        ClassTargets.requireWeights("nll", weight, x.shape().dim(classes.axis()));
        Tensor w = classes.weights(x, weight);
        Tensor losses = classes.ignored().where(0, classes.pick(x).times(w).negate());
        return reduction == Reduction.MEAN ? losses.sum().over(w.sum()) : reduction.of(losses);
    }
}
