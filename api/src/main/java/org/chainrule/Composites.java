package org.chainrule;

import java.util.List;

/**
 * Named functions that a backend may compute with one kernel: each is its decomposition into other ops, which is what
 * runs elsewhere and what a kernel is tested against, and a gradient rule in terms of its own value where that is cheaper.
 */
final class Composites {
    private Composites() {}

    static Tensor softmax(Tensor x, int axis) {
        if (x.dtype().arithmetic() != x.dtype()) return softmax(x.to(x.dtype().arithmetic()), axis);
        if (x.shape().rank() == 0) return softmax(x.reshape(1), 0).reshape(Shape.SCALAR);
        int a = x.shape().axis("softmax", axis);
        Axes kept = Axes.of(a).keep();
        if (x.shape().size() == 0) return x.exp();
        Tensor e = x.minus(x.max(kept)).exp();
        return Tensor.composite("softmax", List.of((double) a), e.over(e.sum(kept)),
                (_, y, c) -> List.of(y.times(c.minus(c.times(y).sum(kept)))), x);
    }

    static Tensor logSoftmax(Tensor x, int axis) {
        if (x.dtype().arithmetic() != x.dtype()) return logSoftmax(x.to(x.dtype().arithmetic()), axis);
        if (x.shape().rank() == 0) return logSoftmax(x.reshape(1), 0).reshape(Shape.SCALAR);
        int a = x.shape().axis("logSoftmax", axis);
        Axes kept = Axes.of(a).keep();
        if (x.shape().size() == 0) return x.exp();
        Tensor shifted = x.minus(x.max(kept));
        return Tensor.composite("log_softmax", List.of((double) a), shifted.minus(shifted.exp().sum(kept).log()),
                (_, y, c) -> List.of(c.minus(y.exp().times(c.sum(kept)))), x);
    }

    /** {@code (x - mean) / sqrt(variance + eps)} over the last axis; Ba et al. 2016, "Layer Normalization". */
    static Tensor normalize(Tensor x, double eps) {
        if (x.dtype().arithmetic() != x.dtype()) return normalize(x.to(x.dtype().arithmetic()), eps);
        Axes last = Axes.of(-1).keep();
        Tensor centred = x.minus(x.mean(last));
        Tensor scale = centred.square().mean(last).plus(eps).rsqrt();
        return Tensor.composite("normalize", List.of(eps), centred.times(scale), (in, y, c) -> {
            Tensor v = in.getFirst();
            Tensor s = v.minus(v.mean(last)).square().mean(last).plus(eps).rsqrt();
            return List.of(c.minus(c.mean(last)).minus(y.times(c.times(y).mean(last))).times(s));
        }, x);
    }
}
