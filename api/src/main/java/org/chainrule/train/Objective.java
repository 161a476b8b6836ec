package org.chainrule.train;

import java.util.List;
import org.chainrule.DType;
import org.chainrule.Tensor;
import org.chainrule.nn.CrossEntropy;
import org.chainrule.nn.Losses;

/**
 * What a model is trained and judged by.
 *
 * @param training the loss to be lowered, a scalar: the mean over the batch
 * @param judging the loss that evaluations report, of the same form
 * @param metrics what evaluations report besides
 */
public record Objective(Comparison training, Comparison judging, List<Metric> metrics) {
    /** A number that compares the model's output for a batch with the target. */
    @FunctionalInterface
    public interface Comparison {
        Tensor of(Tensor output, Tensor target);
    }

    /**
     * A mean over all samples.
     *
     * @param sum its sum over a batch, a scalar
     */
    public record Metric(String name, Comparison sum) {}

    /** The name of the metric of {@link #classification}: the share of samples whose greatest logit is the target's. */
    public static final String ACCURACY = "accuracy";

    /** The name of the metric of {@link #regression}: the mean of {@code |output - target|} over samples and values. */
    public static final String ABSOLUTE_ERROR = "absolute_error";

    public Objective {
        metrics = List.copyOf(metrics);
    }

    /**
     * Cross-entropy of logits {@code [batch, classes]} and class indices {@code [batch]}.
     *
     * @param labelSmoothing how much of the target's probability is spread evenly over all classes in training, from 0
     *     to 1; evaluations report the loss without it
     */
    public static Objective classification(double labelSmoothing) {
        return new Objective(CrossEntropy.of().labelSmoothing(labelSmoothing)::apply, CrossEntropy.of()::apply,
                List.of(new Metric(ACCURACY,
                        (output, target) -> output.argmax(-1).eq(target).to(DType.F32).sum())));
    }

    /** Mean squared error of outputs and targets {@code [batch, width]}. */
    public static Objective regression() {
        return new Objective(Losses::mse, Losses::mse, List.of(new Metric(ABSOLUTE_ERROR,
                (output, target) -> output.minus(target).abs().mean(1).sum())));
    }
}
