package org.chainrule.cli.explain;

import java.util.Locale;
import org.chainrule.Tensor;
import org.chainrule.expr.Expr;
import org.chainrule.expr.Pointwise;

/** A loss: the sum or the mean, over the outputs, of a function of an output a and its target y. */
public enum Loss {
    /** Mean squared error. */
    MSE("mean squared error", true) {
        @Override
        Expr of(Expr a, Expr y) {
            return a.minus(y).square();
        }
    },
    /** Binary cross-entropy; outputs are probabilities. */
    BCE("binary cross-entropy", true) {
        @Override
        Expr of(Expr a, Expr y) {
            return y.times(a.log()).plus(Expr.of(1).minus(y).times(Expr.of(1).minus(a).log())).negate();
        }
    },
    /** Cross-entropy of a class; outputs are the probabilities of all classes. */
    CE("cross-entropy", false) {
        @Override
        Expr of(Expr a, Expr y) {
            return y.times(a.log()).negate();
        }
    };

    private final String description;
    private final boolean mean;
    private final Pointwise part;

    Loss(String description, boolean mean) {
        this.description = description;
        this.mean = mean;
        this.part = Pointwise.binary(description, 0.1, 0.9, this::of);
    }

    abstract Expr of(Expr a, Expr y);

    /** Its name on the command line. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Its name in words. */
    public String description() {
        return description;
    }

    /** One output's part, before the mean or sum is taken: its arguments are the output and the target. */
    Pointwise part() {
        return part;
    }

    /** By what the parts' sum is divided. */
    int divisor(int outputs) {
        return mean ? outputs : 1;
    }

    /** The loss of outputs {@code a} for targets {@code y}, both {@code [1, n]}. */
    Tensor apply(Tensor a, Tensor y) {
        Tensor sum = Tensor.map(part, a, y).sum();
        int n = divisor(y.shape().dim(-1));
        return n == 1 ? sum : sum.over(n);
    }
}
