package org.chainrule.nn;

import java.util.Optional;
import java.util.function.BinaryOperator;
import org.chainrule.Axes;
import org.chainrule.InvalidArgumentException;
import org.chainrule.Shape;
import org.chainrule.ShapeMismatchException;
import org.chainrule.Tensor;

/**
 * Cross-entropy {@code -Σ w_c q_c log softmax(x)_c} of logits {@code x} {@code [C]}, {@code [N, C]} or {@code [N, C, …]}.
 * The target is integers, class indices of that shape without the class axis, or floats, probabilities of the same
 * shape as the logits. {@code q} is the target mixed with the uniform distribution:
 * {@code q = (1 - s) target + s / C} (Szegedy et al. 2015, "Rethinking the Inception Architecture", section 7). The mean
 * over class indices is weighted as {@link NegativeLogLikelihood}'s; over probabilities it divides by the number of
 * distributions.
 *
 * @param weight         of each class, {@code [C]}
 * @param labelSmoothing {@code s}, within [0, 1]
 * @param ignoreIndex    class indices that count for nothing; -100 unless set
 */
public record CrossEntropy(Reduction reduction, Optional<Tensor> weight, double labelSmoothing, long ignoreIndex)
        implements BinaryOperator<Tensor> {
    public CrossEntropy {
        if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) throw new InvalidArgumentException(
                "crossEntropy: label smoothing " + labelSmoothing + " is not within [0, 1]");
    }

    /** The mean, without weights or smoothing. */
    public static CrossEntropy of() {
        return new CrossEntropy(Reduction.MEAN, Optional.empty(), 0, -100);
    }

    public CrossEntropy reduction(Reduction value) {
        return new CrossEntropy(value, weight, labelSmoothing, ignoreIndex);
    }

    public CrossEntropy weight(Tensor value) {
        return new CrossEntropy(reduction, Optional.of(value), labelSmoothing, ignoreIndex);
    }

    public CrossEntropy labelSmoothing(double value) {
        return new CrossEntropy(reduction, weight, value, ignoreIndex);
    }

    public CrossEntropy ignoreIndex(long value) {
        return new CrossEntropy(reduction, weight, labelSmoothing, value);
    }

    /** @throws ShapeMismatchException where target or weights do not fit the logits, or the target is probabilities of one class */
    @Override
    public Tensor apply(Tensor logits, Tensor target) {
        int axis = ClassTargets.classAxis("crossEntropy", logits), classes = logits.shape().dim(axis);
        ClassTargets.requireWeights("crossEntropy", weight, classes);
        Tensor logp = logits.logSoftmax(axis);
        if (classes == 1 && !target.dtype().isInteger())
            throw new ShapeMismatchException("crossEntropy: probabilities of "
                    + "one class beside logits " + logits.shape()
                    + " have the loss 0 whatever they are; for a score of yes "
                    + "or no take bceWithLogits, or two classes");
        return target.dtype().isInteger() ? ofIndices(logp, target, classes)
                : ofProbabilities(logp, target, axis, classes);
    }

    private Tensor ofIndices(Tensor logp, Tensor target, int classes) {
        ClassTargets at = ClassTargets.of("crossEntropy", logp, target, ignoreIndex);
        Tensor w = at.weights(logp, weight);
        Tensor losses = at.pick(logp).times(w).negate();
        if (labelSmoothing > 0) {
            Tensor all = weighted(logp, at.axis()).sum(at.axis()).negate();
            losses = losses.times(1 - labelSmoothing).plus(all.times(labelSmoothing / classes));
        }
        losses = at.ignored().where(0, losses);
        return reduction == Reduction.MEAN ? losses.sum().over(w.sum()) : reduction.of(losses);
    }

    private Tensor ofProbabilities(Tensor logp, Tensor target, int axis, int classes) {
        if (!target.shape().equals(logp.shape())) throw new ShapeMismatchException("crossEntropy: probabilities "
                + target.shape() + " beside logits " + logp.shape() + "; class indices are integers");
        Tensor q = labelSmoothing > 0 ? target.times(1 - labelSmoothing).plus(labelSmoothing / classes) : target;
        return reduction.of(weighted(logp, axis).times(q).sum(Axes.of(axis)).negate());
    }

    private Tensor weighted(Tensor logp, int axis) {
        return weight.map(w -> {
            int[] d = new int[logp.shape().rank() - axis];
            java.util.Arrays.fill(d, 1);
            d[0] = w.shape().dim(0);
            return logp.times(w.reshape(Shape.of(d)));
        }).orElse(logp);
    }
}
