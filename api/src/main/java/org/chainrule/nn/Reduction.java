package org.chainrule.nn;

import org.chainrule.Tensor;

/** What becomes of the losses of single elements. */
public enum Reduction {
    /** They stay apart. */
    NONE,
    /** Their mean; where they have weights, the weighted mean of those losses that say so. */
    MEAN,
    /** Their sum. */
    SUM,
    /** Their sum divided by the first extent of the input: what the divergence of distributions needs. */
    BATCH_MEAN;

    Tensor of(Tensor losses) {
        return switch (this) {
            case NONE -> losses;
            case MEAN -> losses.mean();
            case SUM -> losses.sum();
            case BATCH_MEAN -> losses.sum().over(losses.shape().rank() == 0 ? 1 : losses.shape().dim(0));
        };
    }
}
